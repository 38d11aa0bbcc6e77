import {
  createUser,
  EMAIL,
  type NewUser,
  USER_NAME,
} from "../../../scripts/lib/auth/create-user";
import { connectToAdminApi } from "../../../scripts/lib/auth/user-pool-admin";
import { restoreEnvironment } from "../../support/environment";
import { FakeCognito, type ScriptedCall } from "../../support/fake-cognito";

const POOL = "us-west-2_Ab1";
const PASSWORD = "Canary-pass-word1";
const ADA: NewUser = {
  userName: "ada",
  email: "ada@example.org",
  groups: ["readers"],
};
const WITH_PASSWORD: NewUser = {
  ...ADA,
  choosePassword: () => Promise.resolve(PASSWORD),
};

let cognito: FakeCognito;
let lines: string[];

beforeAll(async () => {
  cognito = await FakeCognito.startForAdministrators();
});

afterAll(async () => {
  restoreEnvironment();
  await cognito.stop();
});

beforeEach(() => {
  lines = [];
});

/** Calls before any change, by an answer for each question about the user pool. */
function scriptReads({
  user,
  sameEmail = [],
  groups = [],
  poolGroups = ["readers", "writers"],
  policy = { MinimumLength: 12, RequireNumbers: true },
}: {
  readonly user?: object;
  readonly sameEmail?: readonly string[];
  readonly groups?: readonly string[];
  readonly poolGroups?: readonly string[];
  readonly policy?: object;
} = {}): readonly ScriptedCall[] {
  const toGroups = (names: readonly string[]) => ({
    Groups: names.map((GroupName) => ({ GroupName })),
  });
  return [
    {
      operation: "DescribeUserPool",
      answer: { UserPool: { Policies: { PasswordPolicy: policy } } },
    },
    { operation: "ListGroups", answer: toGroups(poolGroups) },
    ...((user === undefined
      ? [
          {
            operation: "AdminGetUser",
            error: ["UserNotFoundException", "User does not exist."] as const,
          },
          {
            operation: "ListUsers",
            answer: { Users: sameEmail.map((Username) => ({ Username })) },
          },
        ]
      : [
          { operation: "AdminGetUser", answer: user as ScriptedCall["answer"] },
          { operation: "AdminListGroupsForUser", answer: toGroups(groups) },
        ]) as ScriptedCall[]),
  ];
}

function existing(UserStatus: string, email = "ada@example.org", more = {}) {
  const UserAttributes = [{ Name: "email", Value: email }];
  return { Username: "ada", UserStatus, UserAttributes, ...more };
}

async function run(user: NewUser) {
  const pool = await connectToAdminApi(POOL, { region: "us-west-2" });
  return createUser(pool, user, (line) => lines.push(line));
}

/** Runs, and returns the requests that change the user pool. */
async function runScript(user: NewUser, ...script: readonly ScriptedCall[]) {
  cognito.expect(...script);
  const created = await run(user);
  expect(cognito.remainingCalls).toEqual([]);
  const changes = cognito.calls
    .filter(({ operation }) => /^Admin(?!Get|List)/.test(operation))
    .map(({ operation, request }) => [operation, request]);
  return { created, changes };
}

const USER = { UserPoolId: POOL, Username: "ada" };
const ADD = ["AdminAddUserToGroup", { ...USER, GroupName: "readers" }];
const SET = [
  "AdminSetUserPassword",
  { ...USER, Password: PASSWORD, Permanent: true },
];
const ATTRIBUTES = [
  { Name: "email", Value: "ada@example.org" },
  { Name: "email_verified", Value: "true" },
];
const CHANGES = {
  create: { operation: "AdminCreateUser" },
  set: { operation: "AdminSetUserPassword" },
  add: { operation: "AdminAddUserToGroup" },
};

describe("createUser", () => {
  test("creates a user to whom Cognito sends a temporary password", async () => {
    const { created, changes } = await runScript(
      ADA,
      ...scriptReads({ policy: { TemporaryPasswordValidityDays: 3 } }),
      CHANGES.create,
      CHANGES.add,
    );
    expect(created).toEqual({
      userName: "ada",
      status: "FORCE_CHANGE_PASSWORD",
      groups: ["readers"],
      poolHasGroups: true,
    });
    expect(changes).toEqual([
      [
        "AdminCreateUser",
        {
          ...USER,
          DesiredDeliveryMediums: ["EMAIL"],
          UserAttributes: ATTRIBUTES,
        },
      ],
      ADD,
    ]);
    expect(lines).toEqual([
      `In user pool ${POOL}, at ${cognito.endpoint} (AWS_ENDPOINT_URL):`,
      "  - create user ada with email address ada@example.org",
      "  - send an email with a temporary password, which is valid for 3 days",
      "  - add the user to group readers",
    ]);
    expect(cognito.calls.every(({ isSigned }) => isSigned)).toBe(true);
  });

  test("creates a user with a password, of which no message repeats a part", async () => {
    const { created, changes } = await runScript(
      WITH_PASSWORD,
      ...scriptReads(),
      CHANGES.create,
      CHANGES.set,
      CHANGES.add,
    );
    expect(created.status).toBe("CONFIRMED");
    expect(changes).toEqual([
      [
        "AdminCreateUser",
        { ...USER, MessageAction: "SUPPRESS", UserAttributes: ATTRIBUTES },
      ],
      SET,
      ADD,
    ]);
    expect(lines.join("\n")).not.toContain("Canary");
  });

  test("changes nothing of a user who is complete, and does not ask for a password", async () => {
    const choosePassword = jest.fn();
    const { created, changes } = await runScript(
      { ...ADA, choosePassword },
      ...scriptReads({ user: existing("CONFIRMED"), groups: ["readers"] }),
    );
    expect(created.groups).toEqual(["readers"]);
    expect(changes).toEqual([]);
    expect(choosePassword).not.toHaveBeenCalled();
  });

  test("completes a run that ended after the creation of the user", async () => {
    const { created, changes } = await runScript(
      WITH_PASSWORD,
      ...scriptReads({ user: existing("FORCE_CHANGE_PASSWORD") }),
      CHANGES.set,
      CHANGES.add,
    );
    expect(created.status).toBe("CONFIRMED");
    expect(changes).toEqual([SET, ADD]);
  });

  test("returns that the user pool has no groups", async () => {
    const { created } = await runScript(
      { ...ADA, groups: [] },
      ...scriptReads({ poolGroups: [] }),
      CHANGES.create,
    );
    expect(created.poolHasGroups).toBe(false);
  });

  test.each([
    ["CONFIRMED", "reset with npx veda-auth credentials --reset-password"],
    ["RESET_REQUIRED", "reset with npx veda-auth credentials --reset-password"],
    ["EXTERNAL_PROVIDER", "the user signs in with an identity provider"],
    ["UNCONFIRMED", "reset with npx veda-auth credentials --reset-password"],
  ])(
    "does not change the password of a user with status %s, and adds missing groups",
    async (status, line) => {
      const { created, changes } = await runScript(
        WITH_PASSWORD,
        ...scriptReads({ user: existing(status), groups: ["writers"] }),
        CHANGES.add,
      );
      expect(created).toEqual({
        userName: "ada",
        status,
        groups: ["writers", "readers"],
        poolHasGroups: true,
      });
      expect(changes).toEqual([ADD]);
      expect(lines).toContain(`  - user ada exists, with status ${status}`);
      expect(lines.join("\n")).toContain(line);
    },
  );

  test("sends no second email, and prints the command that does", async () => {
    await runScript(
      { ...ADA, groups: [] },
      ...scriptReads({ user: existing("FORCE_CHANGE_PASSWORD") }),
    );
    expect(lines.at(-1)).toBe(
      "  - send no further email; to send another temporary password: aws cognito-idp admin-create-user --region us-west-2 --user-pool-id us-west-2_Ab1 --username ada --message-action RESEND --desired-delivery-mediums EMAIL",
    );
  });

  test("reports that a user is disabled", async () => {
    await runScript(
      { ...ADA, groups: [] },
      ...scriptReads({
        user: existing("CONFIRMED", ADA.email, { Enabled: false }),
      }),
    );
    expect(lines.join("\n")).toContain("admin-enable-user");
  });

  test("asks for a password by the policy of the user pool, before it changes anything", async () => {
    cognito.expect(
      ...scriptReads({ policy: { MinimumLength: 8, RequireSymbols: true } }),
    );
    const choosePassword = jest.fn(() => Promise.reject(new Error("Ctrl-C")));
    await expect(run({ ...ADA, choosePassword })).rejects.toThrow("Ctrl-C");
    expect(choosePassword.mock.calls).toEqual([
      [
        {
          minLength: 8,
          classes: [expect.objectContaining({ plural: "symbols" })],
        },
      ],
    ]);
    expect(cognito.remainingCalls).toEqual([]);
  });
});

describe("createUser fails before any change if", () => {
  test("a group does not exist", async () => {
    cognito.expect(...scriptReads().slice(0, 2));
    await expect(
      run({ ...ADA, groups: ["readers", "reader"] }),
    ).rejects.toMatchObject({
      message: `group "reader" does not exist in user pool ${POOL}; no user was created`,
      hint: "did you mean readers? the groups are readers, writers",
    });
  });

  test("another user has the email address", async () => {
    cognito.expect(...scriptReads({ sameEmail: ["grace"] }));
    await expect(run(ADA)).rejects.toThrow(
      "email address ada@example.org must not be that of another user, got user grace",
    );
    expect(cognito.calls.at(-1)?.request).toMatchObject({
      Filter: 'email = "ada@example.org"',
    });
  });

  test("the user has another email address", async () => {
    cognito.expect(...scriptReads({ user: existing("CONFIRMED", "a@b.c") }));
    await expect(run(ADA)).rejects.toThrow(
      "user ada exists, and must have the email address ada@example.org, got a@b.c",
    );
  });

  test("the users of the user pool have no names", async () => {
    cognito.expect({
      operation: "DescribeUserPool",
      answer: { UserPool: { UsernameAttributes: ["email"] } },
    });
    await expect(run(ADA)).rejects.toThrow(
      `user pool ${POOL} must have user names, got users who sign in with email only`,
    );
  });
});

describe("an error of AWS is explained:", () => {
  test.each([
    [
      "AccessDeniedException",
      "User: ada is not authorized to perform: cognito-idp:AdminCreateUser",
      /^AWS denied the request: User: ada is not/,
      /permission for cognito-idp:DescribeUserPool, .*cognito-idp:AdminAddUserToGroup$/,
    ],
    [
      "AliasExistsException",
      "An account with the email already exists.",
      /^email address ada@example.org must not be that of another user$/,
      /use another address/,
    ],
    [
      "UsernameExistsException",
      "User account already exists",
      /^user ada was created in the meantime$/,
      /run the command again: it completes a user/,
    ],
    [
      "ResourceNotFoundException",
      "User pool us-west-2_Ab1 does not exist.",
      /^the user pool does not exist: /,
      /deploy the stage/,
    ],
    [
      "ResourceNotFoundException",
      "Group not found.",
      /^a group was deleted in the meantime: Group not found\.$/,
      /run the command again/,
    ],
    [
      "InvalidPasswordException",
      "Password did not conform with policy: Password not long enough",
      /^the password is invalid: Password did not conform/,
      /with another password/,
    ],
    [
      "InvalidParameterException",
      "1 validation error detected: Value 'Canary-pass-word1' at 'password'",
      /^the format of the user name, email address or password is invalid$/,
      /other characters/,
    ],
    [
      "InvalidParameterException",
      "Attributes did not conform to the schema: name: The attribute is required",
      /^the user pool refuses the user: .*: The attribute is required$/,
      /admin-create-user/,
    ],
    [
      "CodeDeliveryFailureException",
      "Failed to send the email.",
      /^Cognito cannot send the email: Failed/,
      /--ask-password/,
    ],
    [
      "LimitExceededException",
      "Exceeded daily email limit for the operation or the account.",
      /^Cognito cannot send the email: Exceeded daily/,
      /--ask-password/,
    ],
    [
      "UserLambdaValidationException",
      "PreSignUp failed with error no.",
      /^a Lambda trigger of the user pool refuses the user: PreSignUp/,
      /triggers/,
    ],
  ])("%s: %s", async (name, text, message, hint) => {
    // the SDK retries an exceeded limit
    const attempts = name === "LimitExceededException" ? 4 : 1;
    const refused: ScriptedCall = {
      operation: "AdminCreateUser",
      error: [name, text],
    };
    cognito.expect(
      ...scriptReads(),
      ...Array.from({ length: attempts }, () => refused),
    );
    await expect(run(ADA)).rejects.toMatchObject({
      message: expect.stringMatching(message) as unknown,
      hint: expect.stringMatching(hint) as unknown,
    });
  });
});

describe("a user name", () => {
  test.each([
    "ada",
    "Ada.Lovelace",
    "ada@host",
    "ädä",
    "a+b",
    "'",
    "a".repeat(128),
  ])("can be %j", (name) => {
    expect(USER_NAME.allows(name)).toBe(true);
  });

  test.each([
    "",
    " ada",
    "ada lovelace",
    "ada@example.org",
    "a\tb",
    "a\nb",
    "\u0007",
    "a".repeat(129),
  ])("cannot be %j", (name) => {
    expect(USER_NAME.allows(name)).toBe(false);
  });
});

describe("an email address", () => {
  test.each([
    "ada@example.org",
    "Ada.L+x@a-b.example.museum",
    "o'neil@x.io",
    "a@1.de",
  ])("can be %j", (address) => {
    expect(EMAIL.allows(address)).toBe(true);
  });

  test.each([
    "",
    "ada",
    "ada@example",
    "@example.org",
    "ada@",
    "ada@@example.org",
    "ada@b@example.org",
    "ada lovelace@example.org",
    "Ada <ada@example.org>",
    "ada@example.org,grace@example.org",
    "ada@example..org",
    "ada@-example.org",
    "ada@example.org.",
    'a" or status = "@example.org',
    "ada@example.org\n",
    `${"a".repeat(2048)}@example.org`,
  ])("cannot be %j", (address) => {
    expect(EMAIL.allows(address)).toBe(false);
  });
});
