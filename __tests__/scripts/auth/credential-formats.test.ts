import {
  createConsoleUrl,
  formatCredentials,
} from "../../../scripts/lib/auth/credential-formats";

const credentials = {
  AccessKeyId: "ASIAX",
  SecretKey: "se/cr+et",
  SessionToken: "session==",
  Expiration: "2030-03-17T17:46:40.000Z",
};

function log(): void {
  // no output
}

describe("credentials", () => {
  test("are one JSON object with the Python client's names", async () => {
    expect(await formatCredentials(credentials, "json", "us-west-2", log)).toBe(
      '{"AccessKeyId":"ASIAX","SecretKey":"se/cr+et","SessionToken":"session==","Expiration":"2030-03-17T17:46:40.000Z"}',
    );
  });

  test("are what an AWS profile's credential_process gives", async () => {
    expect(
      await formatCredentials(credentials, "process", "us-west-2", log),
    ).toBe(
      '{"Version":1,"AccessKeyId":"ASIAX","SecretAccessKey":"se/cr+et","SessionToken":"session==","Expiration":"2030-03-17T17:46:40.000Z"}',
    );
  });

  test("are lines for a shell", async () => {
    const text = await formatCredentials(credentials, "env", "us-west-2", log);
    expect(text.split("\n")).toEqual([
      "export AWS_ACCESS_KEY_ID=ASIAX",
      "export AWS_SECRET_ACCESS_KEY=se/cr+et",
      "export AWS_SESSION_TOKEN='session=='",
      "export AWS_CREDENTIAL_EXPIRATION=2030-03-17T17:46:40.000Z",
      // whose credentials they were asked for with
      expect.stringMatching(/^export VEDA_AUTH_HANDED_OUT='?ASIAX=/),
    ]);
  });
});

/** AWS's sign-in pages, and what was sent to them. */
function signInPages(answer: () => Response | Promise<Response>) {
  const requests: { url: string; method?: string; body: string }[] = [];
  const send = ((url: URL, { method, body }: RequestInit) => {
    requests.push({
      url: url.href,
      ...(method !== undefined && { method }),
      body: (body as URLSearchParams).toString(),
    });
    return Promise.resolve().then(answer);
  }) as typeof fetch;
  const pause = (): Promise<void> => Promise.resolve();
  return { requests, pages: { log, fetch: send, pause } };
}

describe("the console's address", () => {
  test.each([
    ["us-west-2", "signin.aws.amazon.com", "console.aws.amazon.com"],
    [
      "us-gov-west-1",
      "signin.amazonaws-us-gov.com",
      "console.amazonaws-us-gov.com",
    ],
  ])("is the one of %s", async (region, signIn, console) => {
    const { requests, pages } = signInPages(() =>
      Response.json({ SigninToken: "to&ken" }),
    );
    const url = new URL(await createConsoleUrl(credentials, region, pages));
    expect(url.origin + url.pathname).toBe(`https://${signIn}/federation`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      Action: "login",
      Destination: `https://${console}/console/home?region=${region}`,
      SigninToken: "to&ken",
    });
    const [request] = requests;
    expect(request?.url).toBe(`https://${signIn}/federation`);
    expect(request?.method).toBe("POST");
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      Action: "getSigninToken",
      Session:
        '{"sessionId":"ASIAX","sessionKey":"se/cr+et","sessionToken":"session=="}',
    });
  });

  test.each([
    [
      "AWS refuses",
      () => new Response("Session se/cr+et is bad", { status: 400 }),
      "https://signin.aws.amazon.com/federation rejected the credentials (HTTP 400)",
    ],
    [
      "AWS says something else",
      () => Response.json(null),
      "https://signin.aws.amazon.com/federation rejected the credentials (HTTP 200)",
    ],
    [
      "there is no network",
      () => Promise.reject(new Error("se/cr+et")),
      "https://signin.aws.amazon.com/federation cannot be reached: the connection failed, after 4 attempts",
    ],
  ])(
    "fails when %s, without repeating the credentials",
    async (_, answer, message) => {
      await expect(
        createConsoleUrl(credentials, "us-west-2", signInPages(answer).pages),
      ).rejects.toThrow(new Error(message));
    },
  );
});
