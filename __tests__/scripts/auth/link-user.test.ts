import { linkUser, unlinkUser } from "../../../scripts/lib/auth/link-user";
import type { FederatedIdentity } from "../../../scripts/lib/auth/link-user-calls";
import type { UserToLink } from "../../../scripts/lib/auth/link-user-checks";
import {
  isExternalUser,
  parseIdentities,
} from "../../../scripts/lib/auth/linked-identities";
import { connectToAdminApi } from "../../../scripts/lib/auth/user-pool-admin";
import { restoreEnvironment } from "../../support/environment";
import { FakeCognito, type ScriptedCall } from "../../support/fake-cognito";

const POOL = "us-west-2_Ab1";
const KEYCLOAK: FederatedIdentity = { provider: "Keycloak", subject: "s-1" };
const confirm = jest.fn<Promise<boolean>, [string]>();
const ADA: UserToLink = {
  userName: "ada",
  email: "ada@example.edu",
  groups: ["readers"],
  identity: KEYCLOAK,
  confirm,
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
  confirm.mockReset().mockResolvedValue(true);
});

function connect() {
  return connectToAdminApi(POOL, { region: "us-west-2" });
}

async function run(request: UserToLink) {
  return linkUser(await connect(), request, (line) => lines.push(line));
}

const noUser: ScriptedCall = {
  operation: "AdminGetUser",
  error: ["UserNotFoundException", "User does not exist."],
};

interface UserParts {
  readonly name?: string;
  readonly status?: string;
  readonly email?: string;
  readonly identities?: readonly object[];
}

/** Answers that a user exists. */
function user({
  name = "ada",
  status = "FORCE_CHANGE_PASSWORD",
  email = "ada@example.edu",
  identities = [],
}: UserParts = {}): ScriptedCall {
  const UserAttributes = [
    { Name: "email", Value: email },
    ...(identities.length === 0
      ? []
      : [{ Name: "identities", Value: JSON.stringify(identities) }]),
  ];
  return {
    operation: "AdminGetUser",
    answer: { Username: name, UserStatus: status, UserAttributes },
  };
}

const identity = { providerName: "Keycloak", userId: "s-1", primary: false };

function groups(
  operation: "ListGroups" | "AdminListGroupsForUser",
  ...names: readonly string[]
): ScriptedCall {
  const Groups = names.map((GroupName) => ({ GroupName }));
  return { operation, answer: { Groups } };
}

function usersWithEmail(...names: readonly string[]): ScriptedCall {
  const Users = names.map((Username) => ({ Username }));
  return { operation: "ListUsers", answer: { Users } };
}

/** Calls about the user pool that every run makes. */
const POOL_READS: readonly ScriptedCall[] = [
  { operation: "DescribeUserPool", answer: { UserPool: {} } },
  groups("ListGroups", "readers", "writers"),
  providers("Keycloak", "University"),
];

function providers(...names: readonly string[]): ScriptedCall {
  const Providers = names.map((ProviderName) => ({
    ProviderName,
    ProviderType: ProviderName === "University" ? "SAML" : "OIDC",
  }));
  return { operation: "ListIdentityProviders", answer: { Providers } };
}

const CREATE = { operation: "AdminCreateUser" };
const LINK = { operation: "AdminLinkProviderForUser" };
const ADD = { operation: "AdminAddUserToGroup" };
const NEW_USER = [...POOL_READS, noUser, noUser, usersWithEmail()];

/** Runs, and returns the requests that change the user pool. */
async function runScript(
  request: UserToLink,
  ...script: readonly ScriptedCall[]
) {
  cognito.expect(...script);
  const linked = await run(request);
  expect(cognito.remainingCalls).toEqual([]);
  return { linked, changes: listChanges() };
}

function listChanges() {
  return cognito.calls
    .filter(({ operation }) => /^Admin(?!Get|List)/.test(operation))
    .map(({ operation, request }) => [operation, request]);
}

const LINK_REQUEST = [
  "AdminLinkProviderForUser",
  {
    UserPoolId: POOL,
    DestinationUser: {
      ProviderName: "Cognito",
      ProviderAttributeValue: "ada",
    },
    SourceUser: {
      ProviderName: "Keycloak",
      ProviderAttributeName: "Cognito_Subject",
      ProviderAttributeValue: "s-1",
    },
  },
];

describe("linkUser", () => {
  test("creates a user without an email, links the identity, and adds the groups last", async () => {
    const { linked, changes } = await runScript(
      ADA,
      ...NEW_USER,
      CREATE,
      LINK,
      ADD,
    );
    expect(linked).toEqual({
      userName: "ada",
      provider: "Keycloak",
      subject: "s-1",
      isLinked: true,
      groups: ["readers"],
    });
    expect(changes).toEqual([
      [
        "AdminCreateUser",
        {
          UserPoolId: POOL,
          Username: "ada",
          MessageAction: "SUPPRESS",
          UserAttributes: [
            { Name: "email", Value: "ada@example.edu" },
            { Name: "email_verified", Value: "false" },
          ],
        },
      ],
      LINK_REQUEST,
      [
        "AdminAddUserToGroup",
        { UserPoolId: POOL, Username: "ada", GroupName: "readers" },
      ],
    ]);
    expect(lines).toEqual([
      `In user pool ${POOL}, at ${cognito.endpoint} (AWS_ENDPOINT_URL):`,
      "  - create user ada with email address ada@example.edu, who can sign in with the identity only; send no email",
      '  - link subject "s-1" of Keycloak to the user',
      "  - add the user to group readers",
    ]);
    expect(confirm).not.toHaveBeenCalled();
  });

  test("changes nothing in a second run", async () => {
    const { linked, changes } = await runScript(
      ADA,
      ...POOL_READS,
      user({ identities: [identity] }),
      groups("AdminListGroupsForUser", "readers"),
    );
    expect(linked.groups).toEqual(["readers"]);
    expect(changes).toEqual([]);
    expect(lines).toContain(
      '  - subject "s-1" of Keycloak is linked to the user',
    );
  });

  test("completes a run that ended after the creation of the user, without a question", async () => {
    const { changes } = await runScript(
      ADA,
      ...POOL_READS,
      user(),
      noUser,
      groups("AdminListGroupsForUser"),
      LINK,
      ADD,
    );
    expect(changes[0]).toEqual(LINK_REQUEST);
    expect(confirm).not.toHaveBeenCalled();
  });

  test.each<[string, UserParts, string[], Partial<UserToLink>]>([
    ["has a password", { status: "CONFIRMED" }, [], {}],
    ["is in another group", {}, ["writers"], {}],
    [
      "has another identity",
      { identities: [{ ...identity, userId: "s-2" }] },
      [],
      {},
    ],
    ["is not named by the email address", {}, [], { email: undefined }],
  ])(
    "asks before an identity gets a user who %s",
    async (_, parts, groupsBefore, request) => {
      confirm.mockResolvedValue(false);
      cognito.expect(
        ...POOL_READS,
        user(parts),
        noUser,
        groups("AdminListGroupsForUser", ...groupsBefore),
      );
      await expect(run({ ...ADA, ...request })).rejects.toThrow(
        "no user was changed: the link was not confirmed",
      );
      expect(confirm).toHaveBeenCalledWith(
        `Let subject "s-1" of Keycloak sign in as user ada, who is in ${groupsBefore[0] ?? "no group"}?`,
      );
      expect(listChanges()).toEqual([]);
    },
  );

  test("recognizes a person by a mapped attribute, and warns", async () => {
    const { changes } = await runScript(
      {
        ...ADA,
        identity: { ...KEYCLOAK, subject: "ada", attribute: "custom:eppn" },
      },
      ...POOL_READS,
      {
        operation: "DescribeIdentityProvider",
        answer: {
          IdentityProvider: { AttributeMapping: { "custom:eppn": "eppn" } },
        },
      },
      noUser,
      usersWithEmail(),
      CREATE,
      LINK,
      ADD,
    );
    expect(changes[1]?.[1]).toMatchObject({
      SourceUser: {
        ProviderAttributeName: "custom:eppn",
        ProviderAttributeValue: "ada",
      },
    });
    expect(lines).toContain(
      "  - anyone who gets this value of custom:eppn from Keycloak signs in as the user",
    );
  });

  test("links a subject that is too long for the name of a user", async () => {
    const subject = "s".repeat(120);
    const { changes } = await runScript(
      { ...ADA, identity: { ...KEYCLOAK, subject } },
      ...[...POOL_READS, noUser, usersWithEmail()],
      ...[CREATE, LINK, ADD],
    );
    expect(changes[1]?.[1]).toMatchObject({
      SourceUser: { ProviderAttributeValue: subject },
    });
  });

  test("succeeds if AWS refuses a repeated request, but the identity is linked", async () => {
    await runScript(
      ADA,
      ...NEW_USER,
      CREATE,
      {
        ...LINK,
        error: [
          "InvalidParameterException",
          "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link",
        ],
      },
      user({ identities: [identity] }),
      ADD,
    );
  });
});

describe("linkUser fails before any change if", () => {
  async function expectFailure(
    request: Partial<UserToLink>,
    script: readonly ScriptedCall[],
    message: string,
    hint: string,
  ): Promise<void> {
    cognito.expect(...script);
    await expect(run({ ...ADA, ...request })).rejects.toMatchObject({
      message: expect.stringContaining(message) as unknown,
      hint: expect.stringContaining(hint) as unknown,
    });
    expect(listChanges()).toEqual([]);
    expect(cognito.remainingCalls).toEqual([]);
  }

  test("the identity provider does not exist", async () => {
    await expectFailure(
      { identity: { ...KEYCLOAK, provider: "Keyclock" } },
      POOL_READS,
      `identity provider "Keyclock" does not exist in user pool ${POOL}; no user was changed`,
      "did you mean Keycloak? the identity providers are Keycloak, University",
    );
  });

  test("the user pool has no identity provider", async () => {
    await expectFailure(
      {},
      [...POOL_READS.slice(0, 2), providers()],
      'identity provider "Keycloak" does not exist',
      "the user pool has no identity providers",
    );
  });

  test("a group does not exist", async () => {
    await expectFailure(
      { groups: ["reader"] },
      POOL_READS.slice(0, 2),
      'group "reader" does not exist',
      "did you mean readers?",
    );
  });

  test("the provider does not map the attribute", async () => {
    await expectFailure(
      { identity: { ...KEYCLOAK, attribute: "mail" } },
      [
        ...POOL_READS,
        {
          operation: "DescribeIdentityProvider",
          answer: { IdentityProvider: { AttributeMapping: { email: "m" } } },
        },
      ],
      '--attribute must be an attribute that Keycloak maps a claim to, got "mail"',
      "the mapped attributes are email",
    );
  });

  test("the identity has signed in", async () => {
    await expectFailure(
      {},
      [
        ...POOL_READS,
        noUser,
        user({ name: "Keycloak_s-1", status: "EXTERNAL_PROVIDER" }),
      ],
      'subject "s-1" of Keycloak must not have signed in, got user Keycloak_s-1 of a former sign-in',
      `add that user to a group instead: aws cognito-idp admin-add-user-to-group --region us-west-2 --user-pool-id ${POOL} --username Keycloak_s-1 --group-name readers; or delete it, and run the command again: aws cognito-idp admin-delete-user `,
    );
  });

  test("a former sign-in with the provider has the email address", async () => {
    await expectFailure(
      { groups: ["$staff"] },
      [
        { operation: "DescribeUserPool", answer: { UserPool: {} } },
        groups("ListGroups", "$staff"),
        providers("Keycloak"),
        noUser,
        noUser,
        usersWithEmail("Keycloak_s-2"),
        user({
          name: "Keycloak_s-2",
          identities: [{ ...identity, userId: "s-2", primary: "true" }],
        }),
      ],
      "got user Keycloak_s-2 of a former sign-in",
      "--username Keycloak_s-2 --group-name '$staff'; or",
    );
  });

  test("a local user who is linked to another identity has the email address", async () => {
    await expectFailure(
      {},
      [
        ...POOL_READS,
        noUser,
        noUser,
        usersWithEmail("grace"),
        user({ name: "grace", identities: [{ ...identity, userId: "s-2" }] }),
      ],
      "email address ada@example.edu must not be that of another user, got user grace",
      "--user-name grace to link that user",
    );
  });

  test("another user has the email address", async () => {
    await expectFailure(
      {},
      [
        ...POOL_READS,
        noUser,
        noUser,
        usersWithEmail("grace"),
        user({ name: "grace" }),
      ],
      "email address ada@example.edu must not be that of another user, got user grace",
      "--user-name grace",
    );
  });

  test("the user does not exist and has no email address", async () => {
    await expectFailure(
      { email: undefined },
      [...POOL_READS, noUser, noUser],
      "user ada does not exist, so --email is required",
      "email address of the user",
    );
  });

  test("the user has another email address", async () => {
    await expectFailure(
      {},
      [...POOL_READS, user({ email: "a@b.c" }), noUser],
      "must have the email address ada@example.edu, got a@b.c",
      "omit --email",
    );
  });

  test("a sign-in created the user", async () => {
    await expectFailure(
      { userName: "Keycloak_s-2" },
      [
        ...POOL_READS,
        user({ name: "Keycloak_s-2", status: "EXTERNAL_PROVIDER" }),
      ],
      "user Keycloak_s-2 must be a local user",
      "a new or a local user",
    );
  });

  test.each(["Keycloak_s-1", "keycloak_S-1"])(
    "the new user has the name %s, which a sign-in creates",
    async (userName) => {
      await expectFailure(
        { userName },
        [...POOL_READS, noUser],
        `user name ${userName} must not be the one that a sign-in`,
        "use another user name",
      );
    },
  );

  test("the user has five identities", async () => {
    const identities = [1, 2, 3, 4, 5].map((n) => ({
      ...identity,
      userId: `other-${n}`,
    }));
    await expectFailure(
      {},
      [...POOL_READS, user({ identities }), noUser],
      "user ada must have fewer than 5 identities",
      "--unlink",
    );
  });
});

describe("an error of AWS is explained:", () => {
  test.each([
    [
      "InvalidParameterException",
      "Merging is not currently supported, provide a SourceUser",
      /^cannot link subject "s-1" of Keycloak to user ada: Merging/,
      /delete or unlink it first/,
    ],
    [
      "AccessDeniedException",
      "User: ada is not authorized",
      /^AWS denied the request/,
      /cognito-idp:AdminLinkProviderForUser/,
    ],
    [
      "UserNotFoundException",
      "User does not exist.",
      /^user ada was deleted in the meantime$/,
      /run the command again/,
    ],
  ])("%s: %s", async (name, text, message, hint) => {
    cognito.expect(
      ...NEW_USER,
      CREATE,
      { ...LINK, error: [name, text] },
      user(),
    );
    await expect(run(ADA)).rejects.toMatchObject({
      message: expect.stringMatching(message) as unknown,
      hint: expect.stringMatching(hint) as unknown,
    });
    expect(lines.at(-1)).toBe(
      `user ada was created, but is not complete: run the command again, or delete the user: aws cognito-idp admin-delete-user --region us-west-2 --user-pool-id ${POOL} --username ada`,
    );
  });

  test("without a line about the user if it was not created", async () => {
    const error = ["AccessDeniedException", "not authorized"] as const;
    cognito.expect(...NEW_USER, { ...CREATE, error });
    await expect(run(ADA)).rejects.toThrow("AWS denied the request");
    expect(lines.join()).not.toContain("was created");
  });
});

describe("unlinkUser", () => {
  async function unlink(...script: readonly ScriptedCall[]) {
    cognito.expect(providers("Keycloak"), ...script);
    const result = await unlinkUser(
      await connect(),
      { userName: "ada", identity: KEYCLOAK },
      (line) => lines.push(line),
    );
    expect(cognito.remainingCalls).toEqual([]);
    return result;
  }

  test("ends the link, then the sign-ins of the user", async () => {
    const result = await unlink(
      user({ identities: [identity] }),
      { operation: "AdminDisableProviderForUser" },
      { operation: "AdminUserGlobalSignOut" },
      groups("AdminListGroupsForUser", "readers"),
    );
    expect(result).toMatchObject({ isLinked: false, groups: ["readers"] });
    expect(listChanges()[0]).toEqual([
      "AdminDisableProviderForUser",
      {
        UserPoolId: POOL,
        User: {
          ProviderName: "Keycloak",
          ProviderAttributeName: "Cognito_Subject",
          ProviderAttributeValue: "s-1",
        },
      },
    ]);
    expect(lines.join()).toContain("no longer linked to user ada");
  });

  test("ends the sign-ins of a user without the identity, as after an interrupted run", async () => {
    await unlink(
      user(),
      { operation: "AdminUserGlobalSignOut" },
      groups("AdminListGroupsForUser", "readers"),
    );
    expect(lines.join()).toMatch(
      /^subject "s-1" of Keycloak is not linked to user ada, whose refresh tokens are revoked/,
    );
  });

  test.each<[string, readonly object[], readonly ScriptedCall[]]>([
    ["has none", [], []],
    ["has one", [identity], [{ operation: "AdminDisableProviderForUser" }]],
  ])(
    "asks AWS to end a link by an attribute only for a user who has an identity of the provider: one who %s",
    async (_, identities, disable) => {
      const mapping = { AttributeMapping: { "custom:eppn": "eppn" } };
      cognito.expect(
        providers("Keycloak"),
        {
          operation: "DescribeIdentityProvider",
          answer: { IdentityProvider: mapping },
        },
        user({ identities }),
        ...disable,
        { operation: "AdminUserGlobalSignOut" },
        groups("AdminListGroupsForUser"),
      );
      await unlinkUser(
        await connect(),
        {
          userName: "ada",
          identity: { ...KEYCLOAK, attribute: "custom:eppn" },
        },
        (line) => lines.push(line),
      );
      expect(cognito.remainingCalls).toEqual([]);
      expect(lines.join()).toContain(
        disable.length === 0 ? "is not linked" : "is no longer linked",
      );
    },
  );

  test("fails if the user does not exist", async () => {
    await expect(unlink(noUser)).rejects.toThrow(
      `user ada does not exist in user pool ${POOL}`,
    );
  });
});

describe("an external user", () => {
  test.each([
    ["FORCE_CHANGE_PASSWORD", undefined, false],
    ["EXTERNAL_PROVIDER", undefined, true],
    ["EXTERNAL_PROVIDER", '[{"primary":false}]', false],
    ["EXTERNAL_PROVIDER", '[{"primary":"true"}]', true],
    ["CONFIRMED", '[{"primary":true}]', true],
    ["CONFIRMED", "not JSON", false],
  ])("with status %s and identities %s: %s", (status, text, expected) => {
    const identities = parseIdentities(text);
    expect(isExternalUser({ status, identities })).toBe(expected);
  });
});
