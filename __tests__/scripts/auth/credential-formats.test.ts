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

describe("formatCredentials", () => {
  test("json: one object with the fields of the Python client", async () => {
    expect(await formatCredentials(credentials, "json", "us-west-2", log)).toBe(
      '{"AccessKeyId":"ASIAX","SecretKey":"se/cr+et","SessionToken":"session==","Expiration":"2030-03-17T17:46:40.000Z"}',
    );
  });

  test("process: the output of a credential_process", async () => {
    expect(
      await formatCredentials(credentials, "process", "us-west-2", log),
    ).toBe(
      '{"Version":1,"AccessKeyId":"ASIAX","SecretAccessKey":"se/cr+et","SessionToken":"session==","Expiration":"2030-03-17T17:46:40.000Z"}',
    );
  });

  test("env: lines for a shell", async () => {
    const text = await formatCredentials(credentials, "env", "us-west-2", log);
    expect(text.split("\n")).toEqual([
      "unset AWS_PROFILE",
      "unset AWS_DEFAULT_PROFILE",
      "export AWS_ACCESS_KEY_ID=ASIAX",
      "export AWS_SECRET_ACCESS_KEY=se/cr+et",
      "export AWS_SESSION_TOKEN='session=='",
      "export AWS_CREDENTIAL_EXPIRATION=2030-03-17T17:46:40.000Z",
      // the caller that they were issued to
      expect.stringMatching(/^export VEDA_AUTH_HANDED_OUT='?ASIAX=/),
    ]);
  });
});

/** Replaces AWS's federation endpoint, and records the requests. */
function mockFederation(answer: () => Response | Promise<Response>) {
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
  return { requests, options: { log, fetch: send, pause } };
}

describe("createConsoleUrl", () => {
  test.each([
    ["us-west-2", "signin.aws.amazon.com", "console.aws.amazon.com"],
    [
      "us-gov-west-1",
      "signin.amazonaws-us-gov.com",
      "console.amazonaws-us-gov.com",
    ],
    [
      "eusc-de-east-1",
      "eusc-de-east-1.signin.amazonaws-eusc.eu",
      "console.amazonaws-eusc.eu",
    ],
  ])("uses the hosts of %s", async (region, signIn, console) => {
    const { requests, options } = mockFederation(() =>
      Response.json({ SigninToken: "to&ken" }),
    );
    const url = new URL(await createConsoleUrl(credentials, region, options));
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
      "AWS rejects the credentials",
      () => new Response("Session se/cr+et is bad", { status: 400 }),
      "https://signin.aws.amazon.com/federation denied the credentials (HTTP 400)",
    ],
    [
      "AWS returns another response",
      () => Response.json(null),
      "https://signin.aws.amazon.com/federation denied the credentials (HTTP 200)",
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
        createConsoleUrl(
          credentials,
          "us-west-2",
          mockFederation(answer).options,
        ),
      ).rejects.toThrow(new Error(message));
    },
  );
});
