import { githubTrust } from "../plan-cases";
import {
  addBlock,
  combineEdits,
  removeResources,
  setAttributes,
  type Edit,
  type Json,
} from "../plan-edits";
import {
  DEPLOYER,
  FOREIGN,
  GITHUB,
  UNKNOWN_TEXT,
  setUnknown,
  PROVIDER,
  READERS_ROLE,
  addResource,
  setTrust,
  trustPolicy,
  type DangerousCases,
} from "./resources";

const AUD = { [`${GITHUB}:aud`]: "sts.amazonaws.com" };
const MAIN = "repo:o/r:ref:refs/heads/main";
const ARN = `arn:aws:iam::000000000000:oidc-provider/${GITHUB}`;
const sub = (...subs: readonly string[]) => ({ [`${GITHUB}:sub`]: subs });
const equals = (...subs: readonly string[]) => ({
  StringEquals: { ...AUD, ...sub(...subs) },
});
const matching = (...subs: readonly string[]) => ({
  StringEquals: AUD,
  StringLike: sub(...subs),
});
const deployer = (condition: Json): Edit =>
  setAttributes(DEPLOYER, { assume_role_policy: githubTrust(condition) });
const principal = (Principal: unknown): Edit =>
  setAttributes(DEPLOYER, { assume_role_policy: trustPolicy(Principal) });
const KEYED = 'aws_iam_openid_connect_provider.github["github"].arn';
const COUNTED = "aws_iam_openid_connect_provider.github[0].arn";
const keyedTrust = (condition: Json, reference = KEYED) =>
  githubTrust(condition).replace(ARN, `\${${reference}}`);
const GITHUB_PROVIDER = {
  url: `https://${GITHUB}`,
  client_id_list: ["sts.amazonaws.com"],
};

/** Replaces the OIDC provider with one that has instances. */
function instances(values: Json): Edit {
  return combineEdits(
    removeResources(PROVIDER),
    addResource("aws_iam_openid_connect_provider", "github", {
      ...GITHUB_PROVIDER,
      ...values,
    }),
  );
}

function renamedInState(index_key: string | number): Edit {
  return (state) => {
    for (const one of state.resources as Json[])
      if (one.type === "aws_iam_openid_connect_provider") {
        one.name = "github";
        for (const instance of one.instances as Json[])
          instance.index_key = index_key;
      }
  };
}

/** Trust policies of roles. */
export const TRUST_CASES: DangerousCases = {
  "trust-any-principal": {
    edit: principal("*"),
    expect: ["role deployer: everyone in AWS can assume it"],
  },
  "trust-foreign-account": {
    edit: principal({ AWS: `${FOREIGN}:root` }),
    expect: ["role deployer: account 111122223333 can assume it"],
  },
  "trust-foreign-account-added": {
    edit: setTrust(DEPLOYER, (statements) => [
      ...statements,
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { AWS: `${FOREIGN}:role/partner` },
      },
    ]),
    expect: ["role deployer: account 111122223333 can assume it"],
  },
  "trust-service": {
    edit: principal({ Service: "ec2.amazonaws.com" }),
    expect: ["role deployer: service ec2.amazonaws.com can assume it"],
  },
  "trust-any-ref": {
    edit: deployer(matching("repo:o/r:*")),
    expect: ["role deployer: any branch, tag or pull request of o/r"],
  },
  "trust-organization": {
    edit: deployer(matching("repo:o/*:ref:refs/heads/main")),
    expect: ["role deployer: every repository of o"],
  },
  "trust-any-repository": {
    edit: deployer(matching("repo:*:*")),
    expect: ["role deployer: every repository of GitHub"],
  },
  "trust-repository-added": {
    edit: deployer(equals(MAIN, "repo:o/another:ref:refs/heads/main")),
    expect: ["role deployer: repository o/another"],
  },
  "trust-repository-prefix": {
    edit: deployer(matching("repo:o/r*:ref:refs/heads/main")),
    expect: ["role deployer: every repository of o that begins with r"],
  },
  "trust-subject-dropped": {
    edit: deployer({ StringEquals: AUD }),
    expect: ["role deployer: every repository of GitHub"],
  },
  "trust-audience-dropped": {
    edit: deployer({ StringEquals: sub(MAIN) }),
    expect: ["role deployer: the audience is no longer checked"],
  },
  "trust-if-exists": {
    edit: deployer({ StringEqualsIfExists: { ...AUD, ...sub(MAIN) } }),
    expect: ["role deployer: tokens without these claims are accepted"],
  },
  "trust-conditions-dropped": {
    edit: setTrust(DEPLOYER, (statements) =>
      statements.map((statement) => ({ ...statement, Condition: undefined })),
    ),
    expect: ["role deployer: every repository of GitHub"],
  },
  "trust-amr-dropped": {
    edit: setTrust(READERS_ROLE, (statements) =>
      statements.map(({ Condition, ...statement }) => ({
        ...statement,
        Condition: { StringEquals: (Condition as Json).StringEquals },
      })),
    ),
    expect: ["role veda-readers: unauthenticated identities can assume it"],
  },
  "trust-amr-unauthenticated": {
    edit: setTrust(READERS_ROLE, (statements) =>
      statements.map(({ Condition, ...statement }) => ({
        ...statement,
        Condition: {
          StringEquals: (Condition as Json).StringEquals,
          "ForAnyValue:StringLike": {
            "cognito-identity.amazonaws.com:amr": "unauthenticated",
          },
        },
      })),
    ),
    expect: ["role veda-readers: unauthenticated identities can assume it"],
  },
  "trust-identity-pool-dropped": {
    edit: setTrust(READERS_ROLE, (statements) =>
      statements.map(({ Condition, ...statement }) => ({
        ...statement,
        Condition: {
          "ForAnyValue:StringLike": (Condition as Json)[
            "ForAnyValue:StringLike"
          ],
        },
      })),
    ),
    expect: ["role veda-readers: users of every identity pool in AWS"],
  },
  "trust-unknown": {
    edit: setUnknown(READERS_ROLE, { assume_role_policy: UNKNOWN_TEXT }),
    expect: ["trust of role veda-readers: known only after apply"],
  },
  "trust-unreadable": {
    edit: setAttributes(DEPLOYER, { assume_role_policy: "{}" }),
    expect: ["trust of role deployer: not readable"],
  },
  "trust-keyed-provider": {
    state: renamedInState("github"),
    edit: combineEdits(
      instances({ for_each: { github: GITHUB } }),
      setAttributes(DEPLOYER, {
        assume_role_policy: keyedTrust(matching("repo:*:*")),
      }),
    ),
    expect: ["role deployer: every repository of GitHub"],
  },
  "trust-counted-provider": {
    state: renamedInState(0),
    edit: combineEdits(
      instances({ count: 1 }),
      setAttributes(DEPLOYER, {
        assume_role_policy: keyedTrust(matching("repo:*:*"), COUNTED),
      }),
    ),
    expect: ["role deployer: every repository of GitHub"],
  },
  "trust-new-keyed-provider": {
    edit: combineEdits(
      removeResources(PROVIDER),
      addResource("aws_iam_openid_connect_provider", "github", {
        ...GITHUB_PROVIDER,
        url: "https://idp.example.com",
        for_each: { github: GITHUB },
      }),
      setAttributes(DEPLOYER, {
        assume_role_policy: keyedTrust(matching("repo:*:*")),
      }),
    ),
    expect: [
      "role deployer: every repository of GitHub",
      "OIDC provider idp.example.com is new",
    ],
  },
  "created-role-keyed-provider": {
    edit: combineEdits(
      removeResources(PROVIDER),
      addResource("aws_iam_openid_connect_provider", "github", {
        ...GITHUB_PROVIDER,
        url: "https://idp.example.com",
        for_each: { github: GITHUB },
      }),
      addResource("aws_iam_role", "publisher", {
        name: "publisher",
        permissions_boundary: "arn:aws:iam::000000000000:policy/bound",
        assume_role_policy: keyedTrust(matching("repo:*:*")),
      }),
    ),
    expect: ["new role publisher: every repository of GitHub"],
  },
  "oidc-provider-audience-added": {
    edit: setAttributes(PROVIDER, {
      client_id_list: ["sts.amazonaws.com", "https://attacker.example"],
    }),
    expect: ["OIDC provider: one more audience"],
  },
  "oidc-provider-thumbprint": {
    edit: setAttributes(PROVIDER, { thumbprint_list: ["a".repeat(40)] }),
    expect: ["OIDC provider: another certificate is trusted"],
  },
  "role-session-longer": {
    edit: setAttributes(DEPLOYER, { max_session_duration: 43_200 }),
    expect: ["role deployer: sessions are valid for 12 hours"],
  },
  "role-tags-changed": {
    edit: addBlock(["resource", "aws_iam_role", "deployer", "tags"], {
      Stack: "prod",
    }),
    expect: ["role deployer: tag Stack, on which IAM conditions depend"],
  },
};
