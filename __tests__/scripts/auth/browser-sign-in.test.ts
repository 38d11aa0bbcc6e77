import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { UserError } from "../../../constructs/errors";
import {
  type BrowserSignInHost,
  type BrowserSignInOptions,
  signInThroughBrowser,
} from "../../../scripts/lib/auth/browser-sign-in";
import { createLogoutUrl } from "../../../scripts/lib/auth/sign-in-urls";
import { EndpointFailure } from "../../../scripts/lib/http/fetch";
import type { AskOptions } from "../../../scripts/lib/cli/terminal";
import {
  AuthorizationServer,
  CODE,
  REFRESH_TOKEN,
} from "../../support/authorization-server";
import { FakeTerminal } from "../../support/fake-terminal";
import { asCommand } from "../../support/invocation";

const ids = {
  userPoolId: "us-west-2_AbCdEfGhI",
  clientId: "client",
  clientRegion: "us-west-2",
  identityPoolId: "us-west-2:1",
};

let server: AuthorizationServer;

beforeAll(async () => {
  server = await AuthorizationServer.start(ids.userPoolId, ids.clientId);
});

beforeEach(() => {
  server.clear();
});

afterAll(() => server.stop());

/** A terminal that waits for an answer until the question is withdrawn. */
class WaitingTerminal extends FakeTerminal {
  isWithdrawn = false;

  override ask(question: string, { signal }: AskOptions = {}): Promise<string> {
    this.shown.push(question);
    return new Promise((_resolve, reject) => {
      signal?.addEventListener("abort", () => {
        this.isWithdrawn = true;
        reject(new Error("withdrawn"));
      });
    });
  }
}

interface Run {
  readonly options?: Partial<BrowserSignInOptions>;
  readonly host?: Partial<BrowserSignInHost>;
  readonly terminal?: FakeTerminal;
  /** Opens the sign-in URL, as the browser and its user do. */
  readonly browse?: (url: string) => Promise<unknown>;
}

/** Signs in, and checks that no message has a secret. */
async function signIn({ options, host, terminal, browse }: Run = {}) {
  const lines: string[] = [];
  const shownTerminal = terminal ?? new FakeTerminal();
  let error: UserError | undefined;
  const result = await signInThroughBrowser(
    { ...ids, domain: "https://auth.example.com" },
    {
      identityProvider: undefined,
      canOpenBrowser: true,
      clientSecret: undefined,
      terminal: shownTerminal.open,
      log: (line) => {
        lines.push(line);
        const previous = lines.at(-2) ?? "";
        if (previous.startsWith("Open this URL")) void browse?.(line);
      },
      ...options,
    },
    {
      env: {
        COGNITO_DOMAIN_ENDPOINT: server.endpoint,
        AWS_ENDPOINT_URL: server.endpoint,
      },
      ports: [0],
      open: async (url) => {
        void (browse ?? ((signInUrl) => fetch(server.respond(signInUrl))))(url);
        return Promise.resolve(true);
      },
      waitMinutes: 1,
      ...host,
    },
  ).catch((thrown: unknown) => {
    error = thrown as UserError;
    return undefined;
  });
  const text = [...lines, ...shownTerminal.shown, error?.message, error?.hint];
  const verifier = server.tokenRequests[0]?.get("code_verifier") ?? "verifier";
  for (const secret of [CODE, REFRESH_TOKEN, verifier])
    expect(text.join("\n")).not.toContain(secret);
  return { result, error, lines, terminal: shownTerminal };
}

describe("signInThroughBrowser", () => {
  test("exchanges the code of the browser with PKCE, and verifies the id token", async () => {
    const pages: Response[] = [];
    const { result, error } = await signIn({
      browse: async (url) => {
        pages.push(await fetch(server.respond(url)));
      },
    });
    expect(error).toBeUndefined();
    expect(result).toEqual({
      idToken: expect.stringMatching(/^ey/) as string,
      refreshToken: REFRESH_TOKEN,
      userName: "Keycloak_ada",
    });
    const [authorize] = server.received;
    const query = new URL(authorize?.url ?? "", server.endpoint).searchParams;
    expect(Object.fromEntries(query)).toEqual({
      response_type: "code",
      client_id: "client",
      redirect_uri: expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:\d+\/callback$/,
      ) as string,
      scope: "openid",
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: "S256",
    });
    expect(Object.fromEntries(server.tokenRequests[0] ?? [])).toEqual({
      grant_type: "authorization_code",
      client_id: "client",
      code: CODE,
      code_verifier: expect.stringMatching(/^[\w-]{43}$/) as string,
      redirect_uri: query.get("redirect_uri"),
    });
    expect(pages.map(({ status }) => status)).toEqual([200]);
    // the server has stopped
    await expect(fetch(query.get("redirect_uri") ?? "")).rejects.toThrow();
  });

  test("sends the user straight to an identity provider, and authenticates a client with a secret", async () => {
    const { result } = await signIn({
      options: { identityProvider: "Keycloak", clientSecret: "s3cret" },
    });
    expect(result?.userName).toBe("Keycloak_ada");
    const [authorize, token] = server.received;
    expect(authorize?.url).toContain("&identity_provider=Keycloak");
    expect(token?.headers.authorization).toBe(
      `Basic ${Buffer.from("client:s3cret").toString("base64")}`,
    );
  });

  test("names the user, who can be the one of the browser's session", async () => {
    server.claims = { "cognito:username": "Keycloak_\u202eada" };
    expect((await signIn()).lines.at(-1)).toBe(
      "Signed in as Keycloak_\\u202eada",
    );
  });

  test("exchanges a code of another form", async () => {
    const code = "a/b+c==";
    await signIn({ browse: (url) => fetch(server.respond(url, { code })) });
    expect(server.tokenRequests[0]?.get("code")).toBe(code);
  });

  test("opens the browser if a firewall refuses programs", async () => {
    server.replies = { "/oauth2/authorize": { status: 403, body: "" } };
    expect((await signIn()).result?.userName).toBe("Keycloak_ada");
  });

  test("ignores requests that are no response to this sign-in", async () => {
    const statuses: number[] = [];
    const { result } = await signIn({
      browse: async (url) => {
        const own = server.respond(url);
        const { origin } = new URL(own);
        for (const [stray, method] of [
          [`${origin}/favicon.ico`, "GET"],
          [`${origin}/callback`, "GET"],
          [`${origin}//`, "GET"],
          [server.respond(url, { state: "other", code: CODE }), "GET"],
          [server.respond(url, { state: "other", error: "denied" }), "GET"],
          [server.respond(url, {}), "GET"],
          [own, "POST"],
          [own, "HEAD"],
          [own, "GET"],
        ] as const)
          statuses.push((await fetch(stray, { method })).status);
      },
    });
    expect(result?.userName).toBe("Keycloak_ada");
    expect(statuses).toEqual([404, 400, 404, 400, 400, 400, 404, 404, 200]);
  });

  test("stops listening when the response arrives", async () => {
    let again: Promise<unknown> = Promise.resolve();
    const { result } = await signIn({
      browse: async (url) => {
        const page = await fetch(server.respond(url));
        again = fetch(page.url).catch(() => "refused");
      },
    });
    expect(result?.userName).toBe("Keycloak_ada");
    expect(await again).toBe("refused");
  });

  test("answers with a page without scripts and secrets, which the browser does not store", async () => {
    let page = new Response();
    let text = "";
    await signIn({
      browse: async (url) => {
        page = await fetch(server.respond(url));
        text = await page.text();
      },
    });
    expect(text).toContain("You can close this window");
    expect(text).not.toMatch(/script|canary/);
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("connection")).toBe("close");
    expect(page.headers.get("content-security-policy")).toContain(
      "default-src 'none'",
    );
  });

  test("uses the first free port", async () => {
    const used = createServer();
    const port = await occupy(used);
    try {
      const { result } = await signIn({ host: { ports: [port, 0] } });
      expect(result?.userName).toBe("Keycloak_ada");
    } finally {
      used.close();
    }
  });

  test("asks for the URL of the response if the browser cannot open", async () => {
    const { result, lines, terminal } = await signIn({
      host: { open: () => Promise.resolve(false) },
      terminal: new WaitingTerminal(),
      browse: (url) => fetch(server.respond(url)),
    });
    expect(result?.userName).toBe("Keycloak_ada");
    expect(lines[0]).toBe(
      "No browser can be opened here, such as in a session of SSH.",
    );
    expect(terminal.shown.at(-1)).toBe("URL or code: ");
    expect((terminal as WaitingTerminal).isWithdrawn).toBe(true);
  });

  test("without a browser on this machine, receives what the user pastes", async () => {
    for (const form of [
      (url: string) => url,
      (url: string) => ` <${url.slice(0, 40)} ${url.slice(40)}>`,
      (url: string) => new URL(url).search,
      (url: string) => url.replace("http://", ""),
      // a fragment of the identity provider
      (url: string) => `${url.replace("http://", "")}#_=_`,
      (url: string) => `\u200b“${url.replace(/:\d+/, ":1")}#_=_”\u200b`,
      () => CODE,
      () => ` “${CODE}”`,
    ]) {
      server.clear();
      const { result, error } = await paste((url) => [
        "",
        "not a response",
        url,
        form(server.respond(url)),
      ]);
      expect(error).toBeUndefined();
      expect(result?.userName).toBe("Keycloak_ada");
    }
  });

  test("needs no free port without a browser on this machine", async () => {
    const used = createServer();
    const port = await occupy(used);
    try {
      const { result } = await paste((url) => [server.respond(url)], {
        ports: [port],
      });
      expect(result?.userName).toBe("Keycloak_ada");
      expect(server.tokenRequests[0]?.get("redirect_uri")).toBe(
        `http://127.0.0.1:${port}/callback`,
      );
    } finally {
      used.close();
    }
  });
});

/** Signs in on another machine, with these answers at the terminal. */
async function paste(
  answers: (url: string) => readonly string[],
  host: Partial<BrowserSignInHost> = {},
) {
  const terminal = new FakeTerminal();
  const prepared: string[] = [];
  terminal.ask = (question) => {
    terminal.shown.push(question);
    const answer = prepared.shift();
    return answer === undefined
      ? Promise.reject(new Error("no answer is left"))
      : Promise.resolve(answer);
  };
  return signIn({
    options: { canOpenBrowser: false },
    host,
    terminal,
    browse: (url) => Promise.resolve(prepared.push(...answers(url))),
  });
}

async function occupy(used: Server): Promise<number> {
  used.listen(0, "127.0.0.1");
  await once(used, "listening");
  return (used.address() as AddressInfo).port;
}

describe("signInThroughBrowser fails when", () => {
  test("all ports are in use", async () => {
    const used = createServer();
    const port = await occupy(used);
    try {
      const run: Run = { host: { ports: [port, port] } };
      const { error } = await signIn(run);
      expect(error?.message).toBe(
        `every port for the response of the browser is in use: ${port}, ${port}`,
      );
      expect(error?.hint).toBe(
        "end the program that uses one of them, such as another sign-in",
      );
      const ofCommand = await asCommand("credentials", () => signIn(run));
      expect(ofCommand.error?.hint).toContain("--no-browser");
    } finally {
      used.close();
    }
  });

  test("there is no terminal, before anything is requested", async () => {
    const terminal = () => {
      throw new Error("there is no terminal");
    };
    const { error } = await signIn({ options: { terminal } });
    expect(error?.message).toBe("there is no terminal");
    expect(server.received).toEqual([]);
  });

  test("the browser returns no response in time", async () => {
    const run: Run = {
      host: { waitMinutes: 0.001 },
      browse: () => Promise.resolve(),
    };
    const { error } = await signIn(run);
    expect(error?.message).toMatch(/^the browser returned no response within/);
    expect(error?.hint).toBe("sign in again, in a browser on this machine");
    const ofCommand = await asCommand("credentials", () => signIn(run));
    expect(ofCommand.error?.hint).toContain("--no-browser");
  });

  test.each([
    [
      { error: "access_denied", error_description: "User\u001b[2J cancelled" },
      /^the sign-in was denied: User \[2J cancelled$/,
    ],
    [{ error: "access_denied" }, /^the sign-in was denied$/],
    [
      {
        error: "invalid_request",
        error_description: "PreSignUp failed with error no account.",
      },
      /^the sign-in failed: PreSignUp failed with error no account\.$/,
    ],
    // of the client at the identity provider
    [
      { error: "invalid_scope", error_description: "Invalid scopes: groups" },
      /^the sign-in failed: Invalid scopes: groups$/,
    ],
    [
      { error: "unauthorized_client" },
      /^the sign-in failed: unauthorized_client$/,
    ],
    [{ error: "server_error" }, /^the sign-in failed: server_error$/],
  ])("the sign-in pages respond with %j", async (response, message) => {
    const { error } = await signIn({
      browse: (url) => fetch(server.respond(url, response)),
    });
    expect(error?.name).toBe("UserError");
    expect(error?.message).toMatch(message);
    expect(server.tokenRequests).toEqual([]);
  });

  test("the sign-in pages refuse a scope in the browser only", async () => {
    server.replies = { "/oauth2/authorize": { status: 403, body: "" } };
    const { error } = await signIn({
      browse: (url) => fetch(server.respond(url, { error: "invalid_scope" })),
    });
    expect(error?.message).toBe(
      "client client does not allow the scope openid",
    );
  });

  test.each<[string, object, RegExp]>([
    [
      "of AWS for another callback URL",
      {
        status: 302,
        headers: {
          location: "/error?error=redirect_mismatch&client_id=client",
        },
        body: "",
      },
      /^client client does not allow the callback URL http:\/\/127\.0\.0\.1:\d+\/callback$/,
    ],
    [
      "of the local AWS for another callback URL",
      {
        status: 400,
        body: {
          error: "invalid_request",
          error_description: "redirect_uri is not allowed: x",
        },
      },
      /^client client does not allow the callback URL /,
    ],
    [
      "for a client without the code flow",
      {
        status: 400,
        body: {
          error: "unauthorized_client",
          error_description: "Client is not allowed to use the code flow.",
        },
      },
      /^client client does not allow sign-in through the browser: /,
    ],
    [
      "for a client of another user pool",
      {
        status: 302,
        headers: { location: "/error?error=Client+does+not+exist." },
        body: "",
      },
      /^the user pool of 127\.0\.0\.1:\d+ has no client client$/,
    ],
    [
      "for an unknown identity provider",
      {
        status: 400,
        body: {
          __type: "ResourceNotFoundException",
          message: "Identity provider X not found.",
        },
      },
      /^the client does not allow the identity provider "X": Identity provider X not found\.$/,
    ],
    [
      "for a domain of no user pool",
      { status: 400, body: "<html>Login pages unavailable</html>" },
      /^the sign-in pages at 127\.0\.0\.1:\d+ must ask for the user, got HTTP 400$/,
    ],
  ])("the sign-in pages show an error %s", async (_case, reply, message) => {
    server.replies = {
      "/oauth2/authorize": reply as { body: string },
    };
    const browse = jest.fn();
    const { error } = await signIn({
      options: { identityProvider: "X" },
      browse,
    });
    expect(error?.message).toMatch(message);
    expect(browse).not.toHaveBeenCalled();
  });

  test("another user's code is pasted: the verifier differs", async () => {
    const { error } = await paste(() => ["an0ther-users-code"]);
    expect(error?.message).toBe(
      "the code of the sign-in is not valid (invalid_grant)",
    );
  });

  test("the URL of another sign-in is pasted again and again", async () => {
    const { error, terminal } = await paste((url) =>
      Array.from({ length: 5 }, () =>
        server.respond(url, { state: "other", code: CODE }),
      ),
    );
    expect(error?.message).toBe("the URL of the response is required");
    expect(terminal.shown).toContain(
      "The URL is of another sign-in: paste the one of the URL above.",
    );
    expect(server.tokenRequests).toEqual([]);
  });

  test("the URL is pasted without its end", async () => {
    const { terminal } = await paste((url) => {
      const response = server.respond(url);
      const { searchParams } = new URL(response);
      const state = searchParams.get("state") ?? "";
      return [
        `code=${CODE}`,
        `http://127.0.0.1:18631/callback?code=${CODE}&state=`,
        `http://127.0.0.1:18631/callback?code=${CODE}&state=${state.slice(0, -1)}`,
        response,
      ];
    });
    const incomplete =
      "The URL is incomplete: paste the whole URL in one line, or the value of code alone.";
    expect(terminal.shown.filter((line) => line === incomplete)).toHaveLength(
      3,
    );
  });

  test.each<[string, object, RegExp]>([
    [
      "another nonce",
      { nonce: "other" },
      /: nonce must be that of this sign-in, got another$/,
    ],
    [
      "another client",
      { aud: "other" },
      /^cannot verify the id token of the sign-in: client must be client, got "other"$/,
    ],
    [
      "another user pool",
      { iss: "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_Other" },
      /: issuer must be /,
    ],
    ["another use", { token_use: "access" }, /: token_use must be id/],
    [
      "no user",
      { "cognito:username": undefined },
      /: cognito:username must be/,
    ],
    ["no time left", { exp: 1 }, /: the token expired at /],
  ])("the id token has %s", async (_case, claims, message) => {
    server.claims = { ...claims };
    const { error, result } = await signIn();
    expect(error?.message).toMatch(message);
    expect(result).toBeUndefined();
  });

  test("the keys of the user pool cannot be read", async () => {
    const path = `/${ids.userPoolId}/.well-known/jwks.json`;
    server.replies = { [path]: { status: 404, body: "" } };
    const { error } = await signIn();
    expect(error?.message).toMatch(
      /^cannot verify the id token of the sign-in: the user pool's keys must be at .* got HTTP 404$/,
    );
    expect(error?.hint).toContain("check the network");
  });

  test.each([
    [
      { body: { access_token: "a" } },
      /^the token endpoint at .* must return an id token/,
    ],
    [
      { status: 400, body: { error: "invalid_client" } },
      /does not recognize client client/,
    ],
    [
      { status: 400, body: { error: "unauthorized_client" } },
      /does not allow sign-in/,
    ],
    [
      { status: 400, body: { error: "other_error" } },
      /issues no token .*\(other_error\)$/,
    ],
    [
      { status: 200, body: `{"id_token":"${CODE}\\n"}` },
      /got another response/,
    ],
  ])("the token endpoint returns %j", async (reply, message) => {
    server.replies = { "/oauth2/token": reply };
    const { error } = await signIn();
    expect(error?.message).toMatch(message);
  });

  test("the keys cannot be read: the user was not refused", async () => {
    server.replies = {
      [`/${ids.userPoolId}/.well-known/jwks.json`]: { status: 404, body: "" },
    };
    const { error } = await signIn();
    expect(error?.message).toMatch(/^cannot verify the id token .* HTTP 404$/);
    expect(error).toBeInstanceOf(EndpointFailure);
  });

  test("the client has a secret, which only a command can have", async () => {
    server.replies = {
      "/oauth2/token": { status: 400, body: { error: "invalid_client" } },
    };
    const { error } = await signIn();
    expect(error?.hint).toMatch(/client_id and has no secret$/);
    const ofCommand = await asCommand("credentials", () => signIn());
    expect(ofCommand.error?.hint).toContain("USER_POOL_CLIENT_SECRET");
  });

  test("the user pool id is unknown", async () => {
    const { clientId, clientRegion, identityPoolId } = ids;
    await expect(
      signInThroughBrowser(
        { clientId, clientRegion, identityPoolId },
        {
          identityProvider: undefined,
          canOpenBrowser: true,
          clientSecret: undefined,
          terminal: new FakeTerminal().open,
          log: () => undefined,
        },
      ),
    ).rejects.toThrow(
      "user pool id is required to sign in through the browser",
    );
  });
});

describe("createLogoutUrl", () => {
  test("returns the address that ends the session of the browser", () => {
    const own = { ...ids, domain: "https://auth.example.com" };
    expect(createLogoutUrl(own, {})).toBe(
      "https://auth.example.com/logout?client_id=client&response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%3A18631%2Fcallback&scope=openid",
    );
  });
});
