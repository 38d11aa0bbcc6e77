import {
  DEFAULT_QUOTAS,
  formatValue,
  type UserPoolQuotas,
} from "../../../constructs/constraints/limits";
import { AccountStack } from "../../../stacks/account-stack";
import { readAppConfig } from "../../../stacks/config/app-config";
import { AuthStack } from "../../../stacks/auth-stack";
import type { Environment } from "../../../stacks/config/environment";
import {
  createApp,
  MINIMAL_SETTINGS,
  createTemporaryDirectory,
} from "../stage";
import type { RuleRow } from "./rule-rows";

/** How a person gives a stage a value: by settings, by code that adds to the stage, or both. */
export interface Way {
  readonly settings?: Environment;
  readonly build?: (auth: AuthStack) => void;
  readonly quotas?: Partial<UserPoolQuotas>;
}

/** A rule with values on both sides of its border, each given in the way that a person would give it. */
export interface Rule<T> {
  readonly row: RuleRow;
  readonly way: (value: T) => Way;
  readonly accepted: readonly T[];
  readonly refused: readonly T[];
  /** Subject and what is accepted, as the refusal has them. */
  readonly says: string;
  /** What came, as the refusal has it; the value itself unless told. */
  readonly got?: (value: T) => string;
}

/** One value of a rule. */
export interface RuleCase {
  readonly row: RuleRow;
  readonly shown: string;
  readonly way: () => Way;
  /** Parts that one line of the refusal has all of; `undefined` where the value is accepted. */
  readonly refusal: readonly string[] | undefined;
}

/** The cases of a rule, the type of its values forgotten. */
export function casesOf<T>(rule: Rule<T>): RuleCase[] {
  const { row, way, says, got = (value) => `got ${formatValue(value)}` } = rule;
  const caseOf = (value: T, refusal: readonly string[] | undefined) => ({
    row,
    shown: formatValue(value),
    way: () => way(value),
    refusal,
  });
  return [
    ...rule.accepted.map((value) => caseOf(value, undefined)),
    ...rule.refused.map((value) => caseOf(value, [says, got(value)])),
  ];
}

/** A text of so many characters. */
export function long(
  count: number,
  around: (filling: string) => string = String,
): string {
  return around("a".repeat(count - around("").length));
}

/** `count` different things. */
export function several<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** The value of one setting, among others. */
export function setting(name: string, others: Environment = {}) {
  return (value: string): Way => ({ settings: { ...others, [name]: value } });
}

/** What a whole app says of a stage: its settings, and what is built of them as main.ts does. */
export function problemsOfApp(way: Way): string[] {
  try {
    const { account, stages } = readAppConfig(
      { ...MINIMAL_SETTINGS, ...way.settings },
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
        ...DEFAULT_QUOTAS,
        ...way.quotas,
      });
      const { server, client } = { server: "own-api", client: "own-service" };
      const api = auth.addResourceServer(server, { read: "Read" });
      auth.addServiceClient(client, { scopes: [api.scope("read")] });
      auth.addProgrammaticClient("programmatic-client", {
        callbackUrls: stage.programmaticCallbackUrls,
      });
      if (stage.dashboard) auth.addFrontendClient("own-page", stage.dashboard);
      if (stage.oidcProvider) auth.addOidcProvider(stage.oidcProvider);
      way.build?.(auth);
    }
    app.synth();
    return [];
  } catch (error) {
    const [, ...problems] = (error as Error).message.split("\n  - ");
    if (problems.length === 0) throw error;
    return problems;
  }
}
