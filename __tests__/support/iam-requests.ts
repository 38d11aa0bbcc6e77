import { UserError } from "../../constructs/errors";
import type { AnsweredCall, Call } from "./fault-proxy";
import type { IamRequest } from "./iam-request";
import { listImpliedRequests, mapUseCall } from "./iam-use-requests";

export type { IamRequest } from "./iam-request";

type Tags = Readonly<Record<string, string>>;
type Fields = Readonly<Record<string, unknown>>;

interface KnownRole {
  readonly arn: string;
  readonly tags: Tags;
  readonly boundary?: string | undefined;
}

const JSON_SERVICES: Readonly<Record<string, string>> = {
  AWSCognitoIdentityProviderService: "cognito-idp",
  AWSCognitoIdentityService: "cognito-identity",
  secretsmanager: "secretsmanager",
};
const S3_OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  GET: "s3:GetObject",
  HEAD: "s3:GetObject",
  PUT: "s3:PutObject",
  DELETE: "s3:DeleteObject",
};
/** Calls that require no permission. */
const UNRESTRICTED = ["sts:GetCallerIdentity"];

/**
 * Maps calls to the requests that IAM evaluates for them, including those to pass roles and to tag resources. Learns tags
 * and boundaries from the responses of the calls that create resources.
 */
export class IamRequestMapper {
  private readonly tags = new Map<string, Tags>();
  private readonly roles = new Map<string, KnownRole>();

  constructor(
    private readonly accountId: string,
    private readonly region: string,
  ) {}

  /** Records the tags and the permissions boundary of a created resource. */
  record({ operation = "", body, answer, status }: AnsweredCall): void {
    if (status >= 300) return;
    if (/^Create(UserPool|IdentityPool)$/.test(operation)) {
      const input = JSON.parse(body) as Fields;
      const { UserPool, IdentityPoolId } = JSON.parse(answer) as Fields;
      const arn =
        UserPool === undefined
          ? this.createPoolArn("cognito-identity", requireText(IdentityPoolId))
          : this.createPoolArn(
              "cognito-idp",
              requireText((UserPool as Fields).Id),
            );
      this.tags.set(arn, toTags(input.UserPoolTags ?? input.IdentityPoolTags));
    }
    if (operation === "CreateRole") {
      const form = new URLSearchParams(body);
      const name = form.get("RoleName") ?? "";
      this.roles.set(name, {
        arn: this.createRoleArn(name, form.get("Path") ?? "/"),
        tags: parseFormTags(form),
        boundary: form.get("PermissionsBoundary") ?? undefined,
      });
    }
  }

  /** @throws UserError for an unknown call */
  map(call: Call): readonly IamRequest[] {
    return this.mapCall(call).map((request) => ({
      ...request,
      context: { "aws:RequestedRegion": this.region, ...request.context },
    }));
  }

  private mapCall(call: Call): readonly IamRequest[] {
    const use = mapUseCall(call, (pool) =>
      toResourceTagContext(this.tags.get(pool) ?? {}),
    );
    if (use !== undefined) return use;
    const target = call.headers["x-amz-target"];
    if (typeof target === "string") {
      const [service = "", operation = ""] = target.split(".");
      const prefix = JSON_SERVICES[service];
      if (prefix === undefined) throw toUnknownCallError(target);
      return this.mapJsonCall(prefix, operation, call);
    }
    const form = new URLSearchParams(call.body);
    if (call.operation !== undefined) return this.mapQueryCall(form);
    return this.mapS3Call(call);
  }

  private mapJsonCall(
    service: string,
    operation: string,
    { body }: Call,
  ): readonly IamRequest[] {
    const input = JSON.parse(body) as Fields;
    const action = `${service}:${operation}`;
    if (service === "secretsmanager") {
      const request = {
        action,
        resource: this.createSecretArn(
          requireText(input.SecretId ?? input.Name),
        ),
        context: {
          ...toRequestTagContext(parseTagList(input.Tags)),
          ...(input.BlockPublicPolicy === true && {
            "secretsmanager:BlockPublicPolicy": "true",
          }),
        },
      };
      return operation === "CreateSecret" && input.Tags !== undefined
        ? [request, { ...request, action: "secretsmanager:TagResource" }]
        : [request];
    }
    if (/^Create(UserPool|IdentityPool)$/.test(operation)) {
      const tags = toTags(input.UserPoolTags ?? input.IdentityPoolTags);
      return [
        { action, resource: "*", context: toRequestTagContext(tags) },
        ...this.listImplied(operation, input),
      ];
    }
    if (/^(DescribeUserPoolDomain|SetIdentityPoolRoles)$/.test(operation))
      return [
        { action, resource: "*", context: {} },
        ...this.listImplied(operation, input),
      ];
    const resource =
      typeof input.ResourceArn === "string"
        ? input.ResourceArn
        : this.createPoolArn(
            service,
            requireText(input.UserPoolId ?? input.IdentityPoolId),
          );
    const context = {
      ...toResourceTagContext(this.tags.get(resource) ?? {}),
      // an update of a user pool includes its tags
      ...toRequestTagContext(toTags(input.Tags ?? input.UserPoolTags)),
    };
    return [
      { action, resource, context },
      ...this.listImplied(operation, input),
    ];
  }

  private listImplied(operation: string, input: Fields): IamRequest[] {
    return listImpliedRequests(operation, input, this.accountId);
  }

  private mapQueryCall(form: URLSearchParams): IamRequest[] {
    const operation = form.get("Action") ?? "";
    const service = form.get("Version")?.startsWith("2010-05") ? "iam" : "sts";
    const action = `${service}:${operation}`;
    if (UNRESTRICTED.includes(action)) return [];
    if (service !== "iam") throw toUnknownCallError(action);
    const name = form.get("RoleName");
    if (name === null) {
      const url = form.get("Url")?.replace("https://", "");
      const arn =
        url === undefined
          ? form.get("OpenIDConnectProviderArn")
          : `arn:aws:iam::${this.accountId}:oidc-provider/${url}`;
      if (arn === null && !/^(List|GetAccountSummary$)/.test(operation))
        throw toUnknownCallError(action);
      const context = toRequestTagContext(parseFormTags(form));
      return [{ action, resource: arn ?? "*", context }];
    }
    if (operation === "CreateRole") return this.mapCreateRole(name, form);
    const role = this.roles.get(name) ?? {
      arn: this.createRoleArn(name, "/"),
      tags: {},
    };
    const boundary = form.get("PermissionsBoundary") ?? role.boundary;
    return [
      {
        action,
        resource: role.arn,
        context: {
          ...toResourceTagContext(role.tags),
          ...toBoundaryContext(boundary),
          ...(operation === "TagRole" &&
            toRequestTagContext(parseFormTags(form))),
        },
      },
    ];
  }

  private mapCreateRole(name: string, form: URLSearchParams): IamRequest[] {
    const resource = this.createRoleArn(name, form.get("Path") ?? "/");
    const boundary = form.get("PermissionsBoundary") ?? undefined;
    const context = toRequestTagContext(parseFormTags(form));
    return [
      {
        action: "iam:CreateRole",
        resource,
        context: { ...context, ...toBoundaryContext(boundary) },
      },
      { action: "iam:TagRole", resource, context },
    ];
  }

  private mapS3Call({ method, url }: Call): IamRequest[] {
    const { pathname, searchParams } = new URL(url, "http://s3");
    const [, bucket = "", ...rest] = decodeURIComponent(pathname).split("/");
    const key = rest.join("/");
    searchParams.delete("x-id");
    const arn = `arn:aws:s3:::${bucket}`;
    if (key === "" && searchParams.get("list-type") === "2") {
      const prefix = searchParams.get("prefix") ?? "";
      return [
        {
          action: "s3:ListBucket",
          resource: arn,
          context: { "s3:prefix": prefix },
        },
      ];
    }
    if (key === "" && method === "GET" && searchParams.has("versioning"))
      return [{ action: "s3:GetBucketVersioning", resource: arn, context: {} }];
    const action = S3_OBJECT_ACTIONS[method];
    if (key === "" || searchParams.size > 0 || action === undefined)
      throw toUnknownCallError(`${method} ${url}`);
    return [{ action, resource: `${arn}/${key}`, context: {} }];
  }

  private createRoleArn(name: string, path: string): string {
    return `arn:aws:iam::${this.accountId}:role${path}${name}`;
  }

  private createPoolArn(service: string, id: string): string {
    const kind = service === "cognito-idp" ? "userpool" : "identitypool";
    return `arn:aws:${service}:${this.region}:${this.accountId}:${kind}/${id}`;
  }

  private createSecretArn(id: string): string {
    return id.startsWith("arn:")
      ? id
      : `arn:aws:secretsmanager:${this.region}:${this.accountId}:secret:${id}-AbCdEf`;
  }
}

export function toRequestTagContext(tags: Tags): IamRequest["context"] {
  const keys = Object.keys(tags);
  return {
    ...Object.fromEntries(
      keys.map((key) => [`aws:RequestTag/${key}`, tags[key] ?? ""]),
    ),
    ...(keys.length > 0 && { "aws:TagKeys": keys }),
  };
}

export function toResourceTagContext(tags: Tags): IamRequest["context"] {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [
      `aws:ResourceTag/${key}`,
      value,
    ]),
  );
}

function toBoundaryContext(arn: string | undefined): IamRequest["context"] {
  return arn === undefined ? {} : { "iam:PermissionsBoundary": arn };
}

function parseTagList(value: unknown): Tags {
  const list = (value ?? []) as readonly { Key: string; Value: string }[];
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}

function toTags(value: unknown): Tags {
  return (value ?? {}) as Tags;
}

function parseFormTags(form: URLSearchParams): Tags {
  const tags: Record<string, string> = {};
  for (const [name, key] of form) {
    const index = /^Tags\.member\.(\d+)\.Key$/.exec(name)?.[1];
    if (index !== undefined)
      tags[key] = form.get(`Tags.member.${index}.Value`) ?? "";
  }
  return tags;
}

function requireText(value: unknown): string {
  if (typeof value === "string") return value;
  throw toUnknownCallError(JSON.stringify(value));
}

function toUnknownCallError(call: string): UserError {
  return new UserError(`no IAM request is known for ${call}`);
}
