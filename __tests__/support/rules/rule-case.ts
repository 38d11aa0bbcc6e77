import {
  DEFAULT_QUOTAS,
  formatValue,
  type UserPoolQuotas,
} from "../../../constructs/constraints";
import { AccountStack } from "../../../stacks/account-stack";
import { AuthStack, type AuthStackOptions } from "../../../stacks/auth-stack";
import { readAppConfig } from "../../../stacks/config/app-config";
import type { Environment } from "../../../stacks/config/environment";
import {
  createApp,
  createTemporaryDirectory,
  MINIMAL_SETTINGS,
} from "../stage";
import type { RuleRow } from "./rule-rows";

/** Settings, code that adds to the stage, or both. */
export interface StageInput {
  readonly settings?: Environment;
  readonly build?: (auth: AuthStack) => void;
  readonly quotas?: Partial<UserPoolQuotas>;
  readonly options?: AuthStackOptions;
}

/** A rule with values on both sides of its limit. */
export interface Rule<T> {
  readonly row: RuleRow;
  readonly input: (value: T) => StageInput;
  readonly accepted: readonly T[];
  readonly refused: readonly T[];
  /** Subject of the error message. */
  readonly subject: string;
  /** @default the value, as in the error message */
  readonly got?: (value: T) => string;
}

/** One value of a rule. */
export interface RuleCase {
  readonly row: RuleRow;
  readonly label: string;
  readonly input: () => StageInput;
  /** Parts of one error message; `undefined` if the value is valid. */
  readonly messageParts: readonly string[] | undefined;
}

/** Lists the cases of a rule. */
export function listCases<T>(rule: Rule<T>): RuleCase[] {
  const {
    row,
    input,
    subject,
    got = (value) => `got ${formatValue(value)}`,
  } = rule;
  const toCase = (value: T, messageParts: readonly string[] | undefined) => ({
    row,
    label: formatValue(value),
    input: () => input(value),
    messageParts,
  });
  return [
    ...rule.accepted.map((value) => toCase(value, undefined)),
    ...rule.refused.map((value) => toCase(value, [subject, got(value)])),
  ];
}

/** Creates a text of `count` characters. */
export function long(
  count: number,
  around: (filling: string) => string = String,
): string {
  return around("a".repeat(count - around("").length));
}

/** Creates `count` different values. */
export function several<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Creates the input with one setting. */
export function setting(name: string, others: Environment = {}) {
  return (value: string): StageInput => ({
    settings: { ...others, [name]: value },
  });
}

/** Synthesizes an app as main.ts does and returns the errors. */
export function synthesizeApp(input: StageInput): string[] {
  try {
    const { account, stages } = readAppConfig(
      { ...MINIMAL_SETTINGS, ...input.settings },
      createTemporaryDirectory(),
      () => undefined,
    );
    const app = createApp();
    if (account !== undefined) {
      const stack = new AccountStack(app, account);
      for (const stage of account.stages) stack.addDeployRoles(stage);
    }
    for (const stage of stages) {
      const auth = new AuthStack(app, stage, {
        ...input.options,
        quotas: { ...DEFAULT_QUOTAS, ...input.quotas },
      });
      const { server, client } = { server: "own-api", client: "own-service" };
      const api = auth.addResourceServer(server, { read: "Read" });
      auth.addServiceClient(client, { scopes: [api.scope("read")] });
      const { programmaticClient, dashboard } = stage;
      auth.addProgrammaticClient("programmatic-client", programmaticClient);
      const { callbackUrls, logoutUrls } = dashboard;
      if (callbackUrls)
        auth.addFrontendClient("own-page", { callbackUrls, logoutUrls });
      if (stage.oidcProvider) auth.addOidcProvider(stage.oidcProvider);
      input.build?.(auth);
    }
    app.synth();
    return [];
  } catch (error) {
    const [, ...errors] = (error as Error).message.split("\n  - ");
    if (errors.length === 0) throw error;
    return errors;
  }
}
