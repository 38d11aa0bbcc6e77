import { writeFileSync } from "node:fs";
import path from "node:path";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  createAwsClient,
  resolveAwsTarget,
} from "../../../scripts/lib/aws/client";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

/** Runs `job` with an AWS configuration of its own, and no variable of AWS's. */
async function withConfig<T>(text: string, job: () => Promise<T>): Promise<T> {
  const file = path.join(createTemporaryDirectory(), "config");
  writeFileSync(file, text);
  const before = { ...process.env };
  for (const name of Object.keys(process.env))
    if (/^AWS_(?!SDK_JS_)/.test(name))
      Reflect.deleteProperty(process.env, name);
  process.env.AWS_CONFIG_FILE = file;
  process.env.AWS_SHARED_CREDENTIALS_FILE = file;
  try {
    return await job();
  } finally {
    for (const name of Object.keys(process.env))
      Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  }
}

describe("the place of a call", () => {
  test("is what the options say before what settings and the environment do", () => {
    const env = { AWS_REGION: "eu-west-1" };
    const settings = { AWS_REGION: "us-east-1" };
    const options = { region: "us-gov-west-1", profile: "ops" };
    expect(resolveAwsTarget(options, settings, env)).toEqual(options);
    expect(resolveAwsTarget({}, settings, env)).toEqual({
      region: "us-east-1",
    });
    expect(resolveAwsTarget({}, {}, env).region).toBe("eu-west-1");
  });

  test("is where a deployment goes when nothing says otherwise", () => {
    const env = { AWS_DEFAULT_REGION: "eu-west-2" };
    expect(resolveAwsTarget({}, {}, env)).toEqual({ region: "us-west-2" });
  });

  test("fails when a setting is no Region", () => {
    expect(() => resolveAwsTarget({}, { AWS_REGION: "us_east_1" }, {})).toThrow(
      /^AWS_REGION must be .*, got "us_east_1"$/,
    );
  });
});

describe("a client of AWS", () => {
  const place = { region: "us-gov-west-1", profile: "ops" };

  test("has the credentials of its profile before those of the environment", async () => {
    const config = `[ops]
aws_access_key_id = OF_PROFILE
aws_secret_access_key = canary
`;
    const { region, accessKeyId } = await withConfig(config, async () => {
      process.env.AWS_ACCESS_KEY_ID = "OF_ENVIRONMENT";
      process.env.AWS_SECRET_ACCESS_KEY = "canary";
      const client = await createAwsClient(SecretsManagerClient, place);
      return {
        region: await client.config.region(),
        accessKeyId: (await client.config.credentials()).accessKeyId,
      };
    });
    expect(region).toBe("us-gov-west-1");
    expect(accessKeyId).toBe("OF_PROFILE");
  });

  test("fails when its profile does not exist, whatever other credentials there are", async () => {
    const credentials = withConfig("", async () => {
      process.env.AWS_ACCESS_KEY_ID = "OF_ENVIRONMENT";
      process.env.AWS_SECRET_ACCESS_KEY = "canary";
      process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = "http://127.0.0.1:1/";
      const client = await createAwsClient(SecretsManagerClient, place);
      return client.config.credentials();
    });
    await expect(credentials).rejects.toThrow(/profile.*\[ops\]/);
  });

  test("fails when a variable names an endpoint that is none", async () => {
    const client = withConfig("", () => {
      process.env.AWS_ENDPOINT_URL = "garbage";
      return createAwsClient(SecretsManagerClient, { region: "us-west-2" });
    });
    await expect(client).rejects.toThrow(
      'AWS_ENDPOINT_URL must be a URL, got "garbage"',
    );
  });

  test("waits for an answer for a bounded time, a bounded number of times", async () => {
    class Configured {
      constructor(readonly config: object) {}
    }
    const client = await createAwsClient(Configured, { region: "us-west-2" });
    expect(client.config).toEqual({
      region: "us-west-2",
      maxAttempts: 4,
      requestHandler: {
        connectionTimeout: 5_000,
        requestTimeout: 10_000,
        throwOnRequestTimeout: true,
      },
    });
  });
});
