import {
  IdentityPool,
  type IIdentityPool,
  type IUserPool,
} from "../constructs";
import type { BaseStack } from "./base-stack";
import type { StageConfig } from "./config/config";
import { getIdentityPoolName, getRoleName } from "./naming";

/** The identity pool of a stage: an existing one, or one that is created with the first group that requires it. */
export class StageIdentityPool {
  private pool: IIdentityPool | undefined;

  /** @param createClients creates the helper client, and returns the ids of the clients that the pool trusts */
  constructor(
    private readonly stack: BaseStack<StageConfig>,
    private readonly userPool: IUserPool,
    private readonly createClients: () => () => readonly string[],
  ) {
    const { identityPoolArn } = stack.config.existing;
    if (identityPoolArn !== undefined)
      this.set(IdentityPool.fromIdentityPoolArn(identityPoolArn));
  }

  getOrCreate(): IIdentityPool {
    if (this.pool !== undefined) return this.pool;
    const { region, stackName } = this.stack.config;
    const trustedClientIds = this.createClients();
    return this.set(
      new IdentityPool(this.stack, "identity-pool", {
        userPool: this.userPool,
        region,
        identityPoolName: getIdentityPoolName(stackName),
        authenticatedRoleName: getRoleName(stackName, "authenticated"),
        trustedClientIds,
      }),
    );
  }

  private set(pool: IIdentityPool): IIdentityPool {
    const noun = "of the identity pool";
    this.stack.addOutput("identitypool_id", pool.identityPoolId, `Id ${noun}`);
    this.stack.addOutput(
      "identitypool_arn",
      pool.identityPoolArn,
      `ARN ${noun}`,
    );
    return (this.pool = pool);
  }
}
