import { isRedirectUrl } from "../../../constructs/constraints/redirect-url";

describe("isRedirectUrl", () => {
  test.each([
    "https://a.example/signed-in?x=1",
    "http://localhost:3000/",
    "com.example.app:/signed-in",
    "veda://signed-in",
  ])("may be %s", (url) => {
    expect(isRedirectUrl(url)).toBe(true);
  });

  test.each([
    ["has a user's name", "https://user@a.example/"],
    ["has a password", "https://user:word@a.example/"],
    ["has a backslash", "https://a.example\\b"],
    ["has no host", "https:///path"],
    ["has a wildcard", "https://*.a.example/"],
    ["has a fragment", "https://a.example/#b"],
    ["is not encrypted", "http://a.example/"],
    ["has no scheme", "localhost:3000/"],
    ["is a script", "javascript:/alert(1)"],
  ])("fails when it %s", (_, url) => {
    expect(isRedirectUrl(url)).toBe(false);
  });
});
