import { Fn, Op, type TerraformResource, Token } from "cdktf";
import { USER_ADMIN_SCOPE } from "./constraints";
import { checkAtPlan } from "./plan-check";
import type { SignIn } from "./sign-in";
import {
  CUSTOM_PREFIX,
  DEFAULT_READ_ATTRIBUTES,
  DEFAULT_WRITE_ATTRIBUTES,
  getCustomAttributeName,
  isCustomAttribute,
} from "./user-attributes";
import type { IUserPool } from "./user-pool";
import { checkEach, checkNotEmpty, isUnknown, toList } from "./validation";

/** Attributes of users that a client reads and writes. */
export interface ClientAttributes {
  /**
   * Attributes that are in the client's id tokens, such as `email` or `custom:groups`.
   *
   * @default all attributes of the user pool
   */
  readonly readAttributes?: readonly string[];
  /**
   * Attributes that the client can set. An attribute that a provider of the client maps must be among them.
   *
   * @default the standard attributes, custom attributes that users may change, and those that its providers map
   */
  readonly writeAttributes?: readonly string[];
}

interface Settings extends ClientAttributes {
  readonly userPool: IUserPool;
  readonly signIn: SignIn;
  /** Whether tokens of the client can change the attributes of its users. */
  readonly canUsersChange: boolean;
}

/** Lists of attributes of a client, with what is wrong with them. */
interface AttributeLists {
  /** Without a list, AWS's default applies: the standard attributes. */
  readonly lists: { readAttributes?: string[]; writeAttributes?: string[] };
  readonly canRead: (claim: string) => boolean;
  readonly canUsersChange: (attribute: string) => boolean;
  readonly errors: readonly (string | undefined)[];
  /** Makes Terraform check the attributes that only it knows. */
  readonly checkAtPlan: (resource: TerraformResource) => void;
}

/**
 * Creates the lists of attributes of a client. They are explicit if the user pool has attributes that AWS's default does not
 * contain, or if users of providers sign in.
 *
 * AWS writes the mapped attributes of a federated user with the permissions of the client. But with a token that has the
 * scope `aws.cognito.signin.user.admin`, users write these attributes too: they could then change an attribute that grants
 * access. Each sign-in by password or SRP returns such a token; the authorization code grant does not.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-specifying-attribute-mapping.html
 */
export function createAttributeLists(settings: Settings): AttributeLists {
  const { signIn, canUsersChange } = settings;
  const custom = Object.entries(settings.userPool.customAttributes ?? {});
  const mapped = unite(
    signIn.identityProviders.flatMap((one) => one.mappedAttributes),
  ).filter(
    (name) =>
      DEFAULT_WRITE_ATTRIBUTES.includes(name) || isCustomAttribute(name),
  );
  const allowed = {
    read: unite(
      DEFAULT_READ_ATTRIBUTES,
      custom.map(([name]) => getCustomAttributeName(name)),
      mapped,
    ),
    write: unite(
      DEFAULT_WRITE_ATTRIBUTES,
      custom
        .filter(([, { writableByUsers = false }]) => writableByUsers)
        .map(([name]) => getCustomAttributeName(name)),
      canUsersChange ? [] : mapped,
    ),
  };
  const chosen = {
    read: settings.readAttributes && toList(settings.readAttributes),
    write: settings.writeAttributes && toList(settings.writeAttributes),
  };
  const isDefault =
    custom.length === 0 && signIn.identityProviders.length === 0;
  const read = chosen.read ?? (isDefault ? undefined : allowed.read);
  const write = chosen.write ?? (isDefault ? undefined : allowed.write);
  // the custom attributes of an imported user pool are unknown, and reading one is no risk
  const readsAny = settings.userPool.customAttributes === undefined;
  const unwritable = mapped.filter((name) => !allowed.write.includes(name));
  return {
    lists: {
      ...(read !== undefined && { readAttributes: [...read] }),
      ...(write !== undefined && { writeAttributes: [...write] }),
    },
    canRead: (claim) =>
      !(DEFAULT_READ_ATTRIBUTES.includes(claim) || isCustomAttribute(claim)) ||
      mayContain(read ?? DEFAULT_READ_ATTRIBUTES, claim),
    canUsersChange: (attribute) =>
      canUsersChange &&
      allowed.write.includes(attribute) &&
      mayContain(write ?? DEFAULT_WRITE_ATTRIBUTES, attribute),
    errors: [
      ...unwritable.map(
        (name) =>
          `sign-in providers of a client whose users can change their attributes must not map "${name}", got ${listProviders(signIn, name)}: omit "COGNITO", or use a frontend or web client, without sign-in by password or SRP and without the scope ${USER_ADMIN_SCOPE}`,
      ),
      ...checkNames("read", chosen.read, allowed.read, readsAny),
      ...checkNames("write", chosen.write, allowed.write),
      ...mapped
        .filter((name) => !mayContain(chosen.write ?? mapped, name))
        .map(
          (name) =>
            `write attributes of a client must contain "${name}", which its sign-in providers map`,
        ),
    ],
    checkAtPlan: (resource) => {
      for (const kind of ["read", "write"] as const)
        checkAtPlan(
          resource,
          chosen[kind] ?? [],
          (name) =>
            kind === "read" && readsAny
              ? Op.or(
                  Fn.contains(allowed[kind], name),
                  Fn.startswith(name, CUSTOM_PREFIX),
                )
              : Fn.contains(allowed[kind], name),
          `Attributes that a client can ${kind} must be among: ${allowed[kind].join(", ")}.`,
        );
    },
  };
}

function listProviders(
  { identityProviders }: SignIn,
  attribute: string,
): string {
  return identityProviders
    .filter(({ mappedAttributes }) => mappedAttributes.includes(attribute))
    .map(({ providerName }) => `"${providerName}"`)
    .join(", ");
}

/** Returns whether a list contains a name, or can contain it because only Terraform knows an item. */
function mayContain(names: readonly string[], name: string): boolean {
  return (
    isUnknown(names) ||
    names.some((one) => one === name || Token.isUnresolved(one))
  );
}

function checkNames(
  kind: "read" | "write",
  names: readonly string[] | undefined,
  allowed: readonly string[],
  allowsCustom = false,
): (string | undefined)[] {
  if (names === undefined) return [];
  const subject = `${kind} attributes of a client`;
  const limit = {
    subject: `${kind} attribute of a client`,
    expected: `one of ${allowed.join(", ")}`,
    allows: (name: string) =>
      allowed.includes(name) || (allowsCustom && isCustomAttribute(name)),
  };
  // AWS replaces an empty list by its default
  return [checkNotEmpty(subject, names), ...checkEach(limit, names)];
}

function unite(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}
