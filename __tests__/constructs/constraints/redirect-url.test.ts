import { isRedirectUrl } from "../../../constructs/constraints/redirect-url";

describe("isRedirectUrl", () => {
  test.each([
    "https://a.example/signed-in?x=1",
    "http://localhost:3000/",
    "http://localhost?x=1",
    "http://127.0.0.1",
    "http://127.0.0.1/",
    "http://127.0.0.1:65535/signed-in",
    "http://[::1]",
    "http://[::1]:8400/signed-in?x=1",
    "https://[::1]:8400/",
    "https://bücher.example/signed-in",
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
    ["has a wildcard at a loopback address", "http://127.0.0.1:3000/*"],
    ["has a wildcard with an app's own scheme", "veda://*"],
    ["has a fragment", "https://a.example/#b"],
    ["is not encrypted", "http://a.example/"],
    ["is at another loopback address", "http://127.0.0.2/"],
    ["is at a short form of a loopback address", "http://127.1/"],
    ["is at a loopback address as a number", "http://2130706433/"],
    ["is at a long form of a loopback address", "http://[0:0:0:0:0:0:0:1]/"],
    ["is at a loopback address with a zone", "http://[::1%25lo]/"],
    ["is at a mapped loopback address", "http://[::ffff:127.0.0.1]/"],
    ["is at every address", "http://0.0.0.0:3000/"],
    ["is at every IPv6 address", "http://[::]:3000/"],
    ["is at a private address", "http://192.168.1.5/"],
    ["has localhost in capitals", "http://LOCALHOST/"],
    ["has localhost with a final dot", "http://localhost./"],
    ["has localhost with an escape", "http://%6cocalhost/"],
    ["is at a host below localhost", "http://app.localhost/"],
    ["is at a host that begins with localhost", "http://localhost.a.example/"],
    ["is at a host that begins with an address", "http://127.0.0.1.a.example/"],
    ["has an address as a user's name", "http://127.0.0.1@a.example/"],
    ["has an empty port", "http://127.0.0.1:/"],
    ["has a port that is too high", "http://127.0.0.1:65536/"],
    ["has a fragment at a loopback address", "http://[::1]:3000/#/cb"],
    ["has no scheme", "localhost:3000/"],
    ["is a script", "javascript:/alert(1)"],
  ])("fails when it %s", (_, url) => {
    expect(isRedirectUrl(url)).toBe(false);
  });
});
