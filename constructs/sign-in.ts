import { dependable, TerraformResource, TerraformStack, Token } from "cdktf";
import { type Construct, Dependable } from "constructs";
import type { IIdentityProvider, SignInProvider } from "./identity-provider";
import { checkNotEmpty, isUnknown } from "./validation";

/** Who can sign in at a client. */
export interface SignIn {
  /** Names as AWS expects them. */
  readonly providerNames: readonly string[];
  /** Whether the users of the user pool can sign in. */
  readonly hasLocalUsers: boolean;
  readonly identityProviders: readonly IIdentityProvider[];
  readonly errors: readonly (string | undefined)[];
}

/** Reads who can sign in at a client. */
export function readSignIn(signIn: readonly SignInProvider[]): SignIn {
  // code without types can pass other values
  const all: readonly unknown[] = isUnknown(signIn) ? [] : signIn;
  const valid = all.filter((one) => one === "COGNITO" || isProvider(one));
  const providerNames = valid.map((one) =>
    one === "COGNITO" ? one : one.providerName,
  );
  return {
    providerNames,
    hasLocalUsers: valid.includes("COGNITO"),
    identityProviders: valid.filter((one) => one !== "COGNITO"),
    errors: isUnknown(signIn)
      ? [
          "sign-in providers of a client must be known at synth, got a list that only Terraform knows",
        ]
      : [
          checkNotEmpty("sign-in providers of a client", all),
          ...all
            .filter((one) => !valid.some((other) => other === one))
            .map(
              (one) =>
                `sign-in provider must be "COGNITO" or an identity provider, got ${JSON.stringify(one)}`,
            ),
          ...providerNames
            .filter(
              (name, index) =>
                providerNames.indexOf(name) !== index &&
                !Token.isUnresolved(name),
            )
            .map(
              (name) => `sign-in provider must be unique, got "${name}" twice`,
            ),
        ],
  };
}

/** Resources that must exist before a client. */
interface Dependencies {
  readonly addresses: readonly string[];
  readonly errors: readonly string[];
}

/** Finds the resources of the providers of a client. Those of another stack belong to another user pool. */
export function findDependencies(
  client: Construct,
  { identityProviders }: SignIn,
): Dependencies {
  const stack = TerraformStack.of(client);
  const found = identityProviders.map(({ providerName, dependencies }) => ({
    providerName,
    resources: dependencies
      .flatMap((one) => Dependable.of(one).dependencyRoots)
      .flatMap((root) => root.node.findAll())
      .filter((construct) => TerraformResource.isTerraformResource(construct)),
  }));
  const isForeign = (resource: TerraformResource) =>
    TerraformStack.of(resource) !== stack;
  return {
    addresses: [...new Set(found.flatMap(({ resources }) => resources))]
      .filter((resource) => !isForeign(resource))
      .map((resource) => dependable(resource)),
    errors: found
      .filter(({ resources }) => resources.some(isForeign))
      .map(
        ({ providerName }) =>
          `sign-in provider must be of the same stack as the client, got "${providerName}" of another stack`,
      ),
  };
}

function isProvider(value: unknown): value is IIdentityProvider {
  return typeof value === "object" && value !== null && "providerName" in value;
}
