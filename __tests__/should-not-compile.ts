/** What the compiler has to refuse. It is compiled and never run: an error that is missing is an error itself. */
import type { Construct } from "constructs";
import {
  type BucketGrants,
  createBucketStatements,
} from "../constructs/bucket-access";
import { ClientSecret } from "../constructs/client-secret";
import {
  createUserPoolClient,
  FrontendClient,
  ProgrammaticClient,
  ServiceClient,
} from "../constructs/user-pool-client";
import { formatGitHubSubjects } from "../constructs/github-subject";
import { IdentityPool } from "../constructs/identity-pool";
import { LIMITS, validate } from "../constructs/constraints";
import { OidcRole } from "../constructs/oidc-role";
import { createPolicyDocument } from "../constructs/policy-document";
import { ResourceServer } from "../constructs/resource-server";
import { UserPoolGroup } from "../constructs/user-pool-group";
import { UserPool } from "../constructs/user-pool";
import type { Attributes } from "../scripts/lib/plan/attribute";
import type {
  Redacted,
  RedactedValue,
  Untrusted,
} from "../scripts/lib/plan/redactor";
import {
  listNames,
  literal,
  type Name,
  type RichText,
  text,
  type Words,
} from "../scripts/lib/plan/rich-text";
import type { Resource } from "../scripts/lib/plan/snapshot";
import type { Finding, ValueChange } from "../scripts/lib/review/review-model";
import type { RuleId } from "../scripts/lib/review/rules/registry";
import type { AuthStack } from "../stacks/auth-stack";

const userPool = { userPoolId: "us-west-2_Example" };
const repository = { owner: "octo", repo: "auth" };
const provider = { issuer: "issuer.example", providerArn: "arn" };

export function scopesThatNoServerHas(scope: Construct, auth: AuthStack): void {
  const server = new ResourceServer(scope, "server", {
    userPool,
    identifier: "server",
    scopes: { "stac:register": "Create", "stac:list": "List" },
  });
  server.scope("stac:list");
  // @ts-expect-error the server has no such scope
  server.scope("stac:delete");
  // @ts-expect-error a scope's name has no server before it
  server.scope("server/stac:list");
  // @ts-expect-error the stack's servers are as strict
  auth.addResourceServer("a", { read: "Read" }).scope("write");
  // @ts-expect-error a scope has a description
  auth.addResourceServer("a", { read: undefined });
  // @ts-expect-error scopes without descriptions are no scopes
  auth.addResourceServer("a", ["read"]);
}

export function servicesWithoutTheirScopes(
  scope: Construct,
  auth: AuthStack,
): void {
  // @ts-expect-error a service names its scopes
  auth.addServiceClient("a", {});
  // @ts-expect-error a scope of OpenID is for people, not for services
  auth.addServiceClient("a", { scopes: ["openid"] });
  // @ts-expect-error a service has no callback URL
  auth.addServiceClient("a", { scopes: ["s/a"], callbackUrls: [] });
  new ServiceClient(scope, "a", {
    userPool,
    clientName: "a",
    // @ts-expect-error one scope is a list of one
    scopes: "server/read",
  });
}

export function flowsThatAreNotOffered(
  scope: Construct,
  auth: AuthStack,
): void {
  const client = {
    userPool,
    clientName: "a",
    generateSecret: false,
    explicitAuthFlows: [],
  };
  const urls = { scopes: [], callbackUrls: [], logoutUrls: [] };
  createUserPoolClient(scope, { ...client, oauth: { ...urls, flow: "code" } });
  createUserPoolClient(scope, {
    ...client,
    // @ts-expect-error the implicit flow puts tokens into URLs
    oauth: { ...urls, flow: "implicit" },
  });
  // @ts-expect-error switching OAuth off is typed by hand
  createUserPoolClient(scope, client);
  // @ts-expect-error a programmatic client's flows are not chosen
  auth.addProgrammaticClient("a", { flow: "implicit" });
  // @ts-expect-error a frontend client has callback URLs
  auth.addFrontendClient("a", {});
  // @ts-expect-error a page in a browser keeps no secret
  auth.addFrontendClient("a", { callbackUrls: [], generateSecret: true });
  new ProgrammaticClient(scope, "a", {
    userPool,
    clientName: "a",
    // @ts-expect-error a public client has no secret
    generateSecret: true,
  });
  new FrontendClient(scope, "b", {
    userPool,
    clientName: "b",
    // @ts-expect-error one URL is a list of one
    callbackUrls: "https://a.example",
  });
}

export function bucketsOtherwiseThanOffered(auth: AuthStack): void {
  // @ts-expect-error a permission is spelled with a hyphen
  const typo: BucketGrants = { store: "readwrite" };
  // @ts-expect-error writing includes reading
  const write: BucketGrants = { store: "write" };
  // @ts-expect-error a prefix comes with a permission
  const prefix: BucketGrants = { store: { prefix: "team/" } };
  createBucketStatements({ ...typo, ...write, ...prefix }, "aws");
  auth.addGroup("a", {
    description: "a",
    precedence: 1,
    // @ts-expect-error so it is where a group is added
    buckets: { store: "reed" },
  });
}

export function groupsThatSayTooLittle(
  scope: Construct,
  auth: AuthStack,
): void {
  // @ts-expect-error precedence is explicit
  auth.addGroup("a", { description: "a", buckets: {} });
  // @ts-expect-error a group says what it is for
  auth.addGroup("a", { precedence: 1, buckets: {} });
  // @ts-expect-error a group says what its members may do
  auth.addGroup("a", { description: "a", precedence: 1 });
  // @ts-expect-error precedence is a number
  auth.addGroup("a", { description: "a", precedence: "1", buckets: {} });
  // @ts-expect-error a group with an existing role names it
  auth.addGroupWithRole("a", { description: "a", precedence: 1 });
  // @ts-expect-error members of a group get a role
  new UserPoolGroup(scope, "a", {
    userPool,
    groupName: "a",
    description: "a",
    precedence: 1,
  });
}

export function subjectsThatSayTooLittle(
  scope: Construct,
  auth: AuthStack,
): void {
  formatGitHubSubjects({ ...repository, branch: "main" });
  // @ts-expect-error one of branch, environment and tag is given
  formatGitHubSubjects(repository);
  // @ts-expect-error one of branch, environment and tag is given
  formatGitHubSubjects({ ...repository, branch: "main", tag: "v1" });
  // @ts-expect-error a repository has an owner
  formatGitHubSubjects({ repo: "auth", branch: "main" });
  // @ts-expect-error any run of a repository is not offered
  formatGitHubSubjects({ ...repository, pullRequest: true });
  // @ts-expect-error a number of GitHub's is written as text
  formatGitHubSubjects({ ...repository, ownerId: 1, branch: "main" });
  // @ts-expect-error a role trusts somebody
  auth.addOidcRole("a", {});
  // @ts-expect-error a repository without a branch is nobody
  auth.addOidcRole("a", { subjects: [repository] });
  // @ts-expect-error a role has a name
  new OidcRole(scope, "a", { provider, subjects: ["a"] });
}

export function securityLeftOut(scope: Construct): void {
  // @ts-expect-error deletion protection is chosen
  new UserPool(scope, "a", { userPoolName: "a" });
  // @ts-expect-error a client without a secret says so
  new ClientSecret(scope, "b", {
    secretName: "b",
    fields: {},
    recoveryDays: 7,
  });
  new IdentityPool(scope, "c", {
    userPool,
    region: "us-west-2",
    identityPoolName: "c",
    authenticatedRoleName: "c",
    trustedClientIds: () => [],
    // @ts-expect-error guests are not offered
    allowUnauthenticatedIdentities: true,
  });
  // @ts-expect-error a statement allows or denies
  createPolicyDocument({ Effect: "Maybe", Action: "s3:GetObject" });
  // @ts-expect-error a number is no name
  validate(LIMITS.roleName, 7);
}

export function textThatNoRedactorReturned(
  raw: string,
  untrusted: Untrusted,
  redacted: Redacted,
): readonly RichText[] {
  const safe = text`user pool ${redacted} has ${2} clients: ${listNames([redacted])}`;
  // @ts-expect-error text of a plan is redacted before it is part of a sentence
  const plain = text`user pool ${raw}`;
  // @ts-expect-error text that may hold a secret is no part of a sentence
  const secret = text`user pool ${untrusted}`;
  // @ts-expect-error a value of a plan is redacted before it is listed
  const names = listNames([raw]);
  // @ts-expect-error words are literals of the code
  const words = literal(raw);
  // @ts-expect-error redacted text is a name, not words of this project
  const chosen = literal(redacted);
  // @ts-expect-error text that may hold a secret is no words of this project
  const leaked = literal(untrusted);
  // @ts-expect-error words with a part that the compiler does not know are none
  const joined = literal(`user pool ${raw}`);
  // @ts-expect-error a text is no sentence
  const sentence: RichText = [raw];
  // @ts-expect-error words come from a template of the code
  const own: Words = raw;
  return [
    safe,
    plain,
    secret,
    names,
    words,
    chosen,
    leaked,
    joined,
    sentence,
    [own],
  ];
}

export function modelsOfTextThatNoRedactorReturned(
  raw: string,
  untrusted: Untrusted,
  redacted: Redacted,
): readonly unknown[] {
  // @ts-expect-error only a redactor makes redacted text
  const made: Redacted = raw;
  // @ts-expect-error text that may hold a secret is not redacted
  const trusted: Redacted = untrusted;
  // @ts-expect-error a name is redacted
  const name: Name = { name: raw };
  // @ts-expect-error a value is redacted
  const value: RedactedValue = { part: [raw] };
  // @ts-expect-error attributes are redacted, at every depth
  const attributes: Attributes = { block: [{ part: raw }] };
  // @ts-expect-error what a redactor has not seen is no attribute
  const parsed: Attributes = JSON.parse(raw) as Record<string, unknown>;
  const resource: Resource = {
    address: redacted,
    // @ts-expect-error the type of a resource is redacted
    type: raw,
    values: {},
  };
  // @ts-expect-error the path of a change is redacted
  const change: ValueChange = { path: raw, message: [] };
  return [made, trusted, name, value, attributes, parsed, resource, change];
}

export function findingsOtherwiseThanTheirRules(
  raw: string,
  redacted: Redacted,
): readonly Finding[] {
  const finding: Finding = {
    rule: "user-pool-replaced",
    severity: "data-loss",
    address: redacted,
    message: text`${redacted} is replaced`,
    forcedBy: [redacted],
  };
  // @ts-expect-error the id of a rule is one of the registry
  const misspelled: RuleId = "user-pool-repalced";
  return [
    // @ts-expect-error a finding names a rule of the registry
    { ...finding, rule: "user-pool-repalced" },
    // @ts-expect-error a severity is one of three
    { ...finding, severity: "loss" },
    // @ts-expect-error an address is redacted
    { ...finding, address: raw },
    // @ts-expect-error a message is a sentence, not a text
    { ...finding, message: raw },
    // @ts-expect-error a reason is redacted
    { ...finding, forcedBy: [raw] },
    { ...finding, rule: misspelled },
  ];
}
