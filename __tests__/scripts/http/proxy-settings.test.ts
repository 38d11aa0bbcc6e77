import { readProxySettings } from "../../../scripts/lib/http/proxy-settings";
import type { Environment } from "../../../stacks/config/environment";

const PROXY = "http://proxy.example.com:3128";

/** Returns the variable and the proxy of a request. */
function findProxy(env: Environment, url: string): string | undefined {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol === "https:" ? "https:" : "http:";
  const proxy = readProxySettings(env).findProxy(scheme, {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (scheme === "https:" ? 443 : 80) : Number(port),
  });
  return proxy && `${proxy.variable} ${proxy.origin}`;
}

describe("readProxySettings", () => {
  test("connects directly without variables", () => {
    expect(findProxy({}, "https://iam.amazonaws.com/")).toBeUndefined();
    expect(
      findProxy({ HTTPS_PROXY: "" }, "https://iam.amazonaws.com/"),
    ).toBeUndefined();
  });

  test("selects the proxy by the scheme of the request, as Terraform does", () => {
    const env = { HTTPS_PROXY: "http://s:1", HTTP_PROXY: "http://p:2" };
    expect(findProxy(env, "https://a.example/")).toBe("HTTPS_PROXY http://s:1");
    expect(findProxy(env, "http://a.example/")).toBe("HTTP_PROXY http://p:2");
    expect(
      findProxy({ HTTP_PROXY: PROXY }, "https://a.example/"),
    ).toBeUndefined();
    expect(
      findProxy({ ALL_PROXY: PROXY }, "https://a.example/"),
    ).toBeUndefined();
  });

  test("prefers upper case, as Terraform does", () => {
    const both = { HTTPS_PROXY: "http://a:1", https_proxy: "http://b:1" };
    expect(findProxy(both, "https://x.example/")).toBe(
      "HTTPS_PROXY http://a:1",
    );
    expect(findProxy({ ...both, HTTPS_PROXY: "" }, "https://x.example/")).toBe(
      "https_proxy http://b:1",
    );
    expect(findProxy({ http_proxy: PROXY }, "http://x.example/")).toBe(
      `http_proxy ${PROXY}`,
    );
    const exclusions = {
      HTTPS_PROXY: PROXY,
      NO_PROXY: "a.example",
      no_proxy: "b.example",
    };
    expect(findProxy(exclusions, "https://a.example/")).toBeUndefined();
    expect(findProxy(exclusions, "https://b.example/")).toBeDefined();
  });

  test.each([
    ["proxy.example.com:3128", PROXY, 3128],
    ["10.0.0.1:3128", "http://10.0.0.1:3128", 3128],
    ["HTTP://Proxy.example.com", "http://proxy.example.com", 80],
    ["https://proxy.example.com/", "https://proxy.example.com", 443],
    ["http://[fd00::1]:8080", "http://[fd00::1]:8080", 8080],
    ["http://user:p%40ss@proxy.example.com:3128", PROXY, 3128],
  ])("reads %s", (HTTPS_PROXY, origin, port) => {
    const { findProxy: find } = readProxySettings({ HTTPS_PROXY });
    const proxy = find("https:", { host: "a.example", port: 443 });
    expect(proxy).toMatchObject({ origin, port });
    expect(proxy?.host).not.toMatch(/[[\]]/);
  });

  test("decodes the user and password", () => {
    const { findProxy: find } = readProxySettings({
      HTTPS_PROXY: "http://us%65r:p%40ss%3A%C3%A4@proxy.example.com",
    });
    const { authorization = "" } =
      find("https:", { host: "a.example", port: 443 }) ?? {};
    const [scheme, value = ""] = authorization.split(" ");
    expect(scheme).toBe("Basic");
    expect(Buffer.from(value, "base64").toString()).toBe("user:p@ss:ä");
  });

  test.each([
    ["http://"],
    ["http://user:hunter2@"],
    ["http://proxy.example.com:0x1"],
    ["http://proxy.example.com:99999"],
    ["http://user:hunter2%@proxy.example.com"],
    ["http://user:hunter2/x@proxy.example.com:1"],
    ["http://user:hunter2#x@proxy.example.com:1"],
    // Terraform cannot parse these, and would ignore the proxy
    ["http://user:hunter2^@proxy.example.com:3128"],
    ["http://user:hunter2ä@proxy.example.com:3128"],
    ['http://user:hunter2"@proxy.example.com:3128'],
    ["user:{hunter2}@proxy.example.com:3128"],
    ["http:\\\\proxy.example.com:3128"],
    ["http:hunter2:3128"],
    [" http://proxy.example.com:3128"],
    ["http://proxy.example.com:3128/hunter2"],
    ["http://proxy.example.com:3128?hunter2"],
    ["socks5://user:hunter2@proxy.example.com:1080"],
    ["  "],
  ])("fails when a proxy is %j, and does not repeat it", (value) => {
    for (const name of ["HTTPS_PROXY", "http_proxy"]) {
      const read = (): unknown => readProxySettings({ [name]: value });
      expect(read).toThrow(
        new RegExp(`^${name} must be the URL of (a|an http or https) proxy`),
      );
      expect(read).not.toThrow(/hunter2/);
    }
  });
});

describe("NO_PROXY excludes hosts as in Terraform:", () => {
  test.each([
    ["example.org", "https://example.org/", true],
    ["example.org", "https://a.b.example.org/", true],
    ["example.org", "https://notexample.org/", false],
    ["EXAMPLE.org", "https://a.example.org/", true],
    [".example.org", "https://a.example.org/", true],
    [".example.org", "https://example.org/", false],
    ["*.example.org", "https://a.example.org/", true],
    ["*.example.org", "https://example.org/", false],
    [" a.example , example.org ", "https://example.org/", true],
    ["a.example example.org", "https://example.org/", false],
    ["example.org:443", "https://example.org/", true],
    ["example.org:8443", "https://example.org/", false],
    ["example.org:8443", "https://a.example.org:8443/", true],
    [":443", "https://example.org/", false],
    ["bücher.example", "https://bücher.example/", true],
    ["10.0.0.0/8", "https://10.1.2.3/", true],
    ["10.0.0.0/8", "https://11.1.2.3/", false],
    ["10.0.0.0/8", "https://ten.example/", false],
    ["10.0.0.0/33", "https://10.1.2.3/", false],
    ["169.254.169.254", "http://169.254.169.254/", true],
    ["169.254.169.254:80", "http://169.254.169.254/", true],
    ["169.254.169.254:81", "http://169.254.169.254/", false],
    ["fd00::/8", "https://[fd00::1]/", true],
    ["fd00::1", "https://[fd00:0::1]/", true],
    ["[fd00::1]:443", "https://[fd00::1]/", true],
    ["[fd00::1]:444", "https://[fd00::1]/", false],
    ["*", "https://example.org/", true],
    ["a.example,*", "https://10.0.0.1/", true],
    ["", "https://example.org/", false],
    [",,", "https://example.org/", false],
  ])("%j and %s: %s", (NO_PROXY, url, isExcluded) => {
    const env = { HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, NO_PROXY };
    expect(findProxy(env, url) === undefined).toBe(isExcluded);
  });

  test.each([
    "http://localhost:4566/",
    "https://localhost/",
    "http://127.0.0.1:4566/",
    "http://127.9.9.9/",
    "http://[::1]:4566/",
  ])("always %s, this machine", (url) => {
    const env = { HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY };
    expect(findProxy(env, url)).toBeUndefined();
  });
});
