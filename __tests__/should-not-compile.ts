/** Code that must not compile. It is never run: a missing compiler error is an error. */
import type { Construct } from "constructs";
import {
  type BucketGrants,
  createBucketStatements,
} from "../constructs/bucket-access";
import { ClientSecret } from "../constructs/client-secret";
import { LIMITS, validate } from "../constructs/constraints";
import { formatGitHubSubjects } from "../constructs/github-subject";
import { IdentityPool } from "../constructs/identity-pool";
import { OidcRole } from "../constructs/oidc-role";
import { createPolicyDocument } from "../constructs/policy-document";
import { ResourceServer } from "../constructs/resource-server";
import { UserPool } from "../constructs/user-pool";
import {
  FrontendClient,
  ProgrammaticClient,
  ServiceClient,
  UserPoolClient,
} from "../constructs/user-pool-client";
import { UserPoolDomain } from "../constructs/user-pool-domain";
import { UserPoolGroup } from "../constructs/user-pool-group";
import { serviceTokens } from "../scripts/lib/client";
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
import { tokenVerifier } from "../scripts/lib/client/token-verifier";
import { userCredentials } from "../scripts/lib/client/user-credentials";
import type { AuthStack } from "../stacks/auth-stack";
import { createUserPool } from "./support/user-pools";

const userPool = createUserPool();
const repository = { owner: "octo", repo: "auth" };
const provider = { issuer: "issuer.example", providerArn: "arn" };

export function addUnknownScopes(scope: Construct, auth: AuthStack): void {
  const server = new ResourceServer(scope, "server", {
    userPool,
    identifier: "server",
    scopes: { "stac:register": "Create", "stac:list": "List" },
  });
  server.scope("stac:list");
  // @ts-expect-error the server has no such scope
  server.scope("stac:delete");
  // @ts-expect-error the imported server has no such scope
  ResourceServer.fromIdentifier("server", ["stac:list"]).scope("stac:delete");
  // @ts-expect-error the name of a scope has no identifier
  server.scope("server/stac:list");
  // @ts-expect-error the resource server of a stack has no such scope
  auth.addResourceServer("a", { read: "Read" }).scope("write");
  // @ts-expect-error a scope has a description
  auth.addResourceServer("a", { read: undefined });
  // @ts-expect-error the user pool is the one of the stack
  auth.addResourceServer("a", { read: "Read" }, { userPool });
  // @ts-expect-error scopes require descriptions
  auth.addResourceServer("a", ["read"]);
}

export function addInvalidIdentityProviders(auth: AuthStack): void {
  const oidc = { issuer: "https://a.example/realms/a", clientId: "a" };
  auth.addOidcIdentityProvider("abc", {
    ...oidc,
    attributes: { email: "email", "custom:groups": "groups" },
  });
  // @ts-expect-error attributes are required
  auth.addOidcIdentityProvider("abc", oidc);
  // @ts-expect-error email must be mapped
  auth.addOidcIdentityProvider("abc", { ...oidc, attributes: { name: "a" } });
  auth.addOidcIdentityProvider("abc", {
    ...oidc,
    // @ts-expect-error the user pool has no such attribute
    attributes: { email: "email", mail: "mail" },
  });
  auth.addOidcIdentityProvider("abc", {
    ...oidc,
    attributes: { email: "email" },
    // @ts-expect-error the code has no client secret
    clientSecret: "a",
  });
  // @ts-expect-error metadata is required
  auth.addSamlIdentityProvider("abc", { attributes: { email: "mail" } });
  // @ts-expect-error metadata is in a file or at a URL
  auth.addSamlIdentityProvider("abc", {
    attributes: { email: "mail" },
    metadataFile: "idp.xml",
    metadataUrl: "https://a.example",
  });
}

export function addServicesWithoutScopes(
  scope: Construct,
  auth: AuthStack,
): void {
  // @ts-expect-error a service requires scopes
  auth.addServiceClient("a", {});
  // @ts-expect-error OpenID scopes are for users, not for services
  auth.addServiceClient("a", { scopes: ["openid"] });
  // @ts-expect-error a service has no callback URL
  auth.addServiceClient("a", { scopes: ["s/a"], callbackUrls: [] });
  new ServiceClient(scope, "a", {
    userPool,
    clientName: "a",
    // @ts-expect-error scopes are a list
    scopes: "server/read",
  });
}

export function addUnsupportedFlows(scope: Construct, auth: AuthStack): void {
  const client = {
    userPool,
    clientName: "a",
    generateSecret: false,
    explicitAuthFlows: [],
  };
  const urls = { scopes: [], callbackUrls: [], logoutUrls: [] };
  new UserPoolClient(scope, "a", {
    ...client,
    oauth: { ...urls, flow: "code" },
  });
  new UserPoolClient(scope, "b", {
    ...client,
    // @ts-expect-error the implicit flow puts tokens into URLs
    oauth: { ...urls, flow: "implicit" },
  });
  // @ts-expect-error disabling OAuth must be explicit
  new UserPoolClient(scope, "c", client);
  // @ts-expect-error the flow of a programmatic client cannot be set
  auth.addProgrammaticClient("a", { flow: "implicit" });
  // @ts-expect-error a frontend client requires callback URLs
  auth.addFrontendClient("a", {});
  // @ts-expect-error a web client requires callback URLs
  auth.addWebClient("a", {});
  // @ts-expect-error the flows of a web client cannot be set
  auth.addWebClient("a", { callbackUrls: [], explicitAuthFlows: [] });
  // @ts-expect-error a provider is an object, not its name
  auth.addWebClient("a", { callbackUrls: [], signIn: ["Keycloak"] });
  auth.addWebClient("a", { callbackUrls: [], scopes: ["openid", "api/read"] });
  // @ts-expect-error no user pool has such a scope
  auth.addWebClient("a", { callbackUrls: [], scopes: ["address"] });
  // @ts-expect-error scopes are a list
  auth.addProgrammaticClient("a", { scopes: "openid" });
  // @ts-expect-error sign-in providers are a list
  auth.addFrontendClient("a", { callbackUrls: [], signIn: "COGNITO" });
  // @ts-expect-error no user signs in at a service client
  auth.addServiceClient("a", { scopes: ["s/a"], signIn: ["COGNITO"] });
  // @ts-expect-error rotation requires a grace period
  auth.addProgrammaticClient("a", { refreshTokenRotation: {} });
  // @ts-expect-error a page in a browser has no secret
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
    // @ts-expect-error URLs are a list
    callbackUrls: "https://a.example",
  });
}

export function trustInvalidClients(
  auth: AuthStack,
  page: FrontendClient,
): void {
  const rule = { claim: "sub", matchType: "Equals", value: "a" } as const;
  const rules = [{ ...rule, roleArn: "arn" }];
  auth.trustClient(page, { rules, ambiguousRoleResolution: "Deny" });
  // @ts-expect-error what a user gets without a match must be explicit
  auth.trustClient(page, { rules });
  // @ts-expect-error a mapping has rules or is by token
  auth.trustClient(page, "Rules");
  auth.trustClient(page, {
    // @ts-expect-error a rule requires a role
    rules: [rule],
    ambiguousRoleResolution: "Deny",
  });
  auth.trustClient(page, {
    // @ts-expect-error a match type is one of four
    rules: [{ ...rule, matchType: "EndsWith", roleArn: "arn" }],
    ambiguousRoleResolution: "Deny",
  });
  // @ts-expect-error a client is an object, not its id
  auth.trustClient("page");
  // @ts-expect-error tokens of a provider of IAM have no role of a group
  auth.trustProvider("arn", "Token");
}

export function addInvalidBuckets(auth: AuthStack): void {
  // @ts-expect-error the permission is read-write
  const typo: BucketGrants = { store: "readwrite" };
  // @ts-expect-error the permission is read-write
  const write: BucketGrants = { store: "write" };
  // @ts-expect-error a prefix requires a permission
  const prefix: BucketGrants = { store: { prefix: "team/" } };
  createBucketStatements({ ...typo, ...write, ...prefix }, "aws");
  auth.addGroup("a", {
    description: "a",
    precedence: 1,
    // @ts-expect-error the permission is read
    buckets: { store: "reed" },
  });
}

export function addIncompleteGroups(scope: Construct, auth: AuthStack): void {
  // @ts-expect-error precedence is required
  auth.addGroup("a", { description: "a", buckets: {} });
  // @ts-expect-error a description is required
  auth.addGroup("a", { precedence: 1, buckets: {} });
  // @ts-expect-error buckets are required
  auth.addGroup("a", { description: "a", precedence: 1 });
  // @ts-expect-error precedence is a number
  auth.addGroup("a", { description: "a", precedence: "1", buckets: {} });
  // @ts-expect-error the ARN of an existing role is required
  auth.addGroupWithRole("a", { description: "a", precedence: 1 });
  // @ts-expect-error the ARN of a role is required
  new UserPoolGroup(scope, "a", {
    userPool,
    groupName: "a",
    description: "a",
    precedence: 1,
  });
}

export function addIncompleteSubjects(scope: Construct, auth: AuthStack): void {
  formatGitHubSubjects({ ...repository, branch: "main" });
  // @ts-expect-error exactly one of branch, environment and tag is required
  formatGitHubSubjects(repository);
  // @ts-expect-error exactly one of branch, environment and tag is required
  formatGitHubSubjects({ ...repository, branch: "main", tag: "v1" });
  // @ts-expect-error the owner is required
  formatGitHubSubjects({ repo: "auth", branch: "main" });
  // @ts-expect-error pull requests cannot be trusted here
  formatGitHubSubjects({ ...repository, pullRequest: true });
  // @ts-expect-error an id is a string
  formatGitHubSubjects({ ...repository, ownerId: 1, branch: "main" });
  // @ts-expect-error subjects are required
  auth.addOidcRole("a", {});
  // @ts-expect-error a repository alone is not a subject
  auth.addOidcRole("a", { subjects: [repository] });
  // @ts-expect-error the name of a role is required
  new OidcRole(scope, "a", { provider, subjects: ["a"] });
}

export function omitSecurityOptions(scope: Construct): void {
  const pool = { userPoolName: "a", mfa: null };
  // @ts-expect-error deletion protection is required
  new UserPool(scope, "a", { ...pool, email: null });
  // @ts-expect-error a sender of Amazon Cognito must be explicit
  new UserPool(scope, "a", { ...pool, deletionProtection: true });
  const { mfa, ...others } = { ...pool, deletionProtection: true };
  // @ts-expect-error a user pool without MFA must be explicit
  new UserPool(scope, "a", { ...others, email: mfa });
  new UserPool(scope, "a", {
    ...others,
    mfa,
    email: null,
    // @ts-expect-error custom attributes are optional and can be changed
    customAttributes: { groups: { type: "String", mutable: false } },
  });
  // @ts-expect-error a client without a secret must be explicit
  new ClientSecret(scope, "b", {
    secretName: "b",
    fields: {},
    recoveryDays: 7,
  });
  new IdentityPool(scope, "c", {
    userPool,
    identityPoolName: "c",
    authenticatedRoleName: "c",
    trustedClientIds: () => [],
    // @ts-expect-error unauthenticated identities are not supported
    allowUnauthenticatedIdentities: true,
  });
  const region = "us-west-2";
  // @ts-expect-error the Region of a user pool is that of the AWS provider
  new UserPool(scope, "d", { ...others, mfa, email: null, region });
  // @ts-expect-error the Region of a domain is that of the AWS provider
  UserPoolDomain.fromPrefix("e", region);
  // @ts-expect-error the effect is Allow or Deny
  createPolicyDocument({ Effect: "Maybe", Action: "s3:GetObject" });
  // @ts-expect-error a role name is a string
  validate(LIMITS.roleName, 7);
}

export function formatUnredactedText(
  raw: string,
  untrusted: Untrusted,
  redacted: Redacted,
): readonly RichText[] {
  const safe = text`user pool ${redacted} has ${2} clients: ${listNames([redacted])}`;
  // @ts-expect-error text of a plan must be redacted
  const plain = text`user pool ${raw}`;
  // @ts-expect-error untrusted text must be redacted
  const secret = text`user pool ${untrusted}`;
  // @ts-expect-error a listed value must be redacted
  const names = listNames([raw]);
  // @ts-expect-error only literals of the code are words
  const words = literal(raw);
  // @ts-expect-error redacted text is a name, not words
  const chosen = literal(redacted);
  // @ts-expect-error untrusted text is not words
  const leaked = literal(untrusted);
  // @ts-expect-error a template with unknown parts is not words
  const joined = literal(`user pool ${raw}`);
  // @ts-expect-error a string is not rich text
  const sentence: RichText = [raw];
  // @ts-expect-error a string is not words
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

export function modelUnredactedText(
  raw: string,
  untrusted: Untrusted,
  redacted: Redacted,
): readonly unknown[] {
  // @ts-expect-error only a redactor creates redacted text
  const made: Redacted = raw;
  // @ts-expect-error untrusted text is not redacted
  const trusted: Redacted = untrusted;
  // @ts-expect-error a name must be redacted
  const name: Name = { name: raw };
  // @ts-expect-error a value must be redacted
  const value: RedactedValue = { part: [raw] };
  // @ts-expect-error attributes must be redacted at every depth
  const attributes: Attributes = { block: [{ part: raw }] };
  // @ts-expect-error attributes must be redacted
  const parsed: Attributes = JSON.parse(raw) as Record<string, unknown>;
  const resource: Resource = {
    address: redacted,
    // @ts-expect-error the type of a resource must be redacted
    type: raw,
    values: {},
  };
  // @ts-expect-error the path of a change must be redacted
  const change: ValueChange = { path: raw, message: [] };
  return [made, trusted, name, value, attributes, parsed, resource, change];
}

export function createInvalidFindings(
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
  // @ts-expect-error the id of a rule must be in the registry
  const unknownId: RuleId = "user-pool-repalced";
  return [
    // @ts-expect-error the id of a rule must be in the registry
    { ...finding, rule: "user-pool-repalced" },
    // @ts-expect-error a severity is one of three
    { ...finding, severity: "loss" },
    // @ts-expect-error an address must be redacted
    { ...finding, address: raw },
    // @ts-expect-error a message must be rich text
    { ...finding, message: raw },
    // @ts-expect-error a reason must be redacted
    { ...finding, forcedBy: [raw] },
    { ...finding, rule: unknownId },
  ];
}

export async function createInvalidVerifiers(): Promise<unknown> {
  const userPoolId = "us-west-2_Example";
  const options = { userPoolId, clientId: null, scopes: null };
  const access = await tokenVerifier(options).verify("token");
  const id = await tokenVerifier({ ...options, tokenUse: "id" }).verify(
    "token",
  );
  return [
    // @ts-expect-error clients are required, or null
    tokenVerifier({ userPoolId, scopes: null }),
    // @ts-expect-error scopes are required, or null
    tokenVerifier({ userPoolId, clientId: null }),
    // @ts-expect-error an option is not undefined
    tokenVerifier({ ...options, clientId: undefined }),
    // @ts-expect-error scopes are a list
    tokenVerifier({ ...options, scopes: "a/b" }),
    // @ts-expect-error id tokens have no scopes
    tokenVerifier({ ...options, tokenUse: "id", scopes: ["a/b"] }),
    // @ts-expect-error a verifier is for one use
    tokenVerifier({ ...options, tokenUse: null }),
    // @ts-expect-error an access token has no audience
    access.aud.length,
    // @ts-expect-error an id token has no scopes
    id.scope.length,
  ];
}

export function createServiceTokens(): void {
  serviceTokens({ secretId: "our-auth-dev/svc", scopes: ["a/b"] });
  serviceTokens({ stage: "dev", serviceId: "svc" });
  // @ts-expect-error a client is required
  serviceTokens({});
  // @ts-expect-error a stage has many services
  serviceTokens({ stage: "dev" });
  // @ts-expect-error the secret has one name
  serviceTokens({ secretId: "our-auth-dev/svc", stage: "dev", serviceId: "b" });
  // @ts-expect-error there is no such option
  serviceTokens({ secretID: "our-auth-dev/svc" });
  // @ts-expect-error scopes are a list
  serviceTokens({ secretId: "our-auth-dev/svc", scopes: "a/b" });
  // @ts-expect-error the credentials have one source
  serviceTokens({ secretId: "a", profile: "a", credentials: readKeys });
  // @ts-expect-error the account of the credentials is not known
  serviceTokens({ secretId: "a", diskCache: true, credentials: readKeys });
}

function readKeys() {
  return Promise.resolve({ accessKeyId: "a", secretAccessKey: "b" });
}
/** Options of the client that exclude each other. */
export const refusedUserCredentials = [
  // @ts-expect-error -- neither a sign-in nor an id token
  userCredentials({ outputs: {} }),
  // @ts-expect-error -- a sign-in and an id token
  userCredentials({ outputs: {}, signIn: "browser", idToken: "x" }),
  // @ts-expect-error -- a password without its user
  userCredentials({ outputs: {}, signIn: "password", password: "x" }),
  // @ts-expect-error -- the sign-in pages ask for the user
  userCredentials({ outputs: {}, signIn: "browser", userName: "ada" }),
  // @ts-expect-error -- an id token is not cached
  userCredentials({ outputs: {}, idToken: "x", diskCache: true }),
  // @ts-expect-error -- the domain of the sign-in pages is missing
  userCredentials({
    identityPoolId: "x",
    userPoolId: "x",
    clientId: "x",
    signIn: "browser",
  }),
];
