import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  type BrowserHost,
  listBrowserCommands,
  openBrowser,
} from "../../../scripts/lib/system/open-browser";
import { waitUntil } from "../../support/script-process";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

const URL_TEXT = "https://auth.example.com/oauth2/authorize?a=1&b=$(touch x)%s";

afterAll(removeTemporaryDirectories);

function list(host: Partial<BrowserHost>) {
  return listBrowserCommands(URL_TEXT, {
    env: {},
    platform: "linux",
    release: "6.8.0",
    ...host,
  });
}

describe("listBrowserCommands", () => {
  test.each<[string, Partial<BrowserHost>, readonly string[]]>([
    ["Linux without a screen", {}, []],
    ["Linux", { env: { DISPLAY: ":0" } }, ["xdg-open", "x-www-browser"]],
    [
      "Wayland",
      { env: { WAYLAND_DISPLAY: "wayland-0" } },
      ["xdg-open", "x-www-browser"],
    ],
    ["SSH", { env: { SSH_CONNECTION: "a" } }, []],
    [
      "SSH with a forwarded screen",
      { env: { SSH_CONNECTION: "a", DISPLAY: ":10" } },
      ["xdg-open", "x-www-browser"],
    ],
    [
      "WSL",
      { release: "5.15.90.1-microsoft-standard-WSL2" },
      ["wslview", "rundll32.exe"],
    ],
    [
      "WSL over SSH",
      { release: "5.15-Microsoft", env: { SSH_CONNECTION: "a" } },
      [],
    ],
    ["macOS", { platform: "darwin" }, ["open"]],
    [
      "macOS over SSH",
      { platform: "darwin", env: { SSH_CONNECTION: "a", DISPLAY: ":0" } },
      [],
    ],
    [
      "Windows",
      { platform: "win32", env: { SystemRoot: "D:\\Windows" } },
      ["D:\\Windows\\System32\\rundll32.exe"],
    ],
    [
      "Windows without SystemRoot",
      { platform: "win32" },
      ["C:\\Windows\\System32\\rundll32.exe"],
    ],
  ])(
    "lists the commands of %s, with the URL as one word",
    (_name, host, names) => {
      const commands = list(host);
      expect(commands.map(([name]) => name)).toEqual(names);
      expect(commands.every((words) => words.at(-1) === URL_TEXT)).toBe(true);
    },
  );

  test("prefers the commands in BROWSER", () => {
    const ssh = { SSH_CONNECTION: "a" };
    expect(
      list({
        env: { ...ssh, BROWSER: "firefox --new-tab=%s -P x: chromium :" },
      }),
    ).toEqual([
      ["firefox", `--new-tab=${URL_TEXT}`, "-P", "x"],
      ["chromium", URL_TEXT],
    ]);
    expect(
      list({ env: { BROWSER: `open -a 'Web 2' "--at=%s":/o'b/"a b"` } }),
    ).toEqual([
      ["open", "-a", "Web 2", `--at=${URL_TEXT}`],
      ["/o'b/a b", URL_TEXT],
    ]);
    expect(
      list({ platform: "win32", env: { BROWSER: '"C:\\a b.exe";c' } }),
    ).toEqual([
      ["C:\\a b.exe", URL_TEXT],
      ["c", URL_TEXT],
    ]);
  });
});

describe("openBrowser", () => {
  test("runs the first command that starts, without a shell", async () => {
    const directory = createTemporaryDirectory();
    const [script, result] = ["browser.cjs", "result"].map((name) =>
      path.join(directory, name),
    ) as [string, string];
    writeFileSync(result, "");
    writeFileSync(
      script,
      `require("node:fs").writeFileSync(${JSON.stringify(result)}, JSON.stringify(process.argv.slice(2)))`,
    );
    expect(
      await openBrowser([
        [path.join(directory, "missing"), URL_TEXT],
        [process.execPath, "-e", "process.exit(3)"],
        [process.execPath, script, URL_TEXT],
        [process.execPath, "-e", "process.exit(3)"],
      ]),
    ).toBe(true);
    await waitUntil(() => readFileSync(result, "utf8") !== "");
    expect(JSON.parse(readFileSync(result, "utf8"))).toEqual([URL_TEXT]);
  });

  test("does not wait for the end of a browser", async () => {
    const slowProgram = "setTimeout(() => {}, 3_000)";
    expect(await openBrowser([[process.execPath, "-e", slowProgram]], 10)).toBe(
      true,
    );
  });

  test("returns false if no command starts", async () => {
    expect(await openBrowser([])).toBe(false);
    // Node throws the errors of these
    expect(
      await openBrowser([
        [path.join(__filename, "firefox")],
        ["x".repeat(300)],
      ]),
    ).toBe(false);
    expect(
      await openBrowser([[process.execPath, "-e", "process.exit(3)"]]),
    ).toBe(false);
  });
});
