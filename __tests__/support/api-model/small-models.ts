import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createTemporaryDirectory } from "../stage";
import { ApiModels } from "./service-model";

const shapes = {
  Input: {
    type: "structure",
    required: ["Name"],
    members: {
      Name: { shape: "Name" },
      Count: { shape: "Count" },
      Size: { shape: "Size" },
      Ratio: { shape: "Ratio" },
      Enabled: { shape: "Flag" },
      Mode: { shape: "Mode" },
      Since: { shape: "Time" },
      Data: { shape: "Data" },
      Secret: { shape: "Secret" },
      Tags: { shape: "Tags" },
      Labels: { shape: "Labels" },
      Choice: { shape: "Choice" },
      Anything: { shape: "Anything" },
    },
  },
  Name: { type: "string", min: 1, max: 4, pattern: "[\\p{L}\\d-]*" },
  Count: { type: "integer", min: 1, max: 9 },
  Size: { type: "long" },
  Ratio: { type: "double" },
  Flag: { type: "boolean" },
  Mode: { type: "string", enum: ["ON", "OFF"] },
  Time: { type: "timestamp" },
  Data: { type: "blob", max: 3 },
  Secret: { type: "string", min: 8, sensitive: true },
  Tags: { type: "list", member: { shape: "Tag" }, max: 2 },
  Tag: {
    type: "structure",
    required: ["Key"],
    members: { Key: { shape: "Name" }, Value: { shape: "Text" } },
  },
  Labels: {
    type: "map",
    key: { shape: "Name" },
    value: { shape: "Text" },
    min: 1,
  },
  Choice: {
    type: "structure",
    union: true,
    members: { A: { shape: "Text" }, B: { shape: "Text" } },
  },
  Anything: { type: "structure", members: {}, document: true },
  Text: { type: "string" },
  Token: {
    type: "structure",
    members: { Token: { shape: "Text", idempotencyToken: true } },
  },
};

const rest = {
  Bucket: { shape: "Text", location: "uri", locationName: "Bucket" },
  Key: { shape: "Text", location: "uri", locationName: "Key" },
};

const services = {
  "cognito-idp": {
    metadata: {
      protocol: "json",
      apiVersion: "2016",
      targetPrefix: "Small",
      jsonVersion: "1.1",
    },
    operations: {
      Create: { input: { shape: "Input" } },
      Once: { input: { shape: "Token" } },
      List: {},
    },
    shapes,
  },
  iam: {
    metadata: { protocol: "query", apiVersion: "2010" },
    operations: { Create: { input: { shape: "Input" } }, List: {} },
    shapes,
  },
  s3: {
    metadata: { protocol: "rest-xml", apiVersion: "2006" },
    operations: {
      ListBuckets: { http: { method: "GET", requestUri: "/" } },
      ListObjects: {
        http: { method: "GET", requestUri: "/{Bucket}?list-type=2" },
        input: { shape: "List" },
      },
      GetVersions: {
        http: { method: "GET", requestUri: "/{Bucket}/?versioning" },
        input: { shape: "List" },
      },
      PutObject: {
        http: { method: "PUT", requestUri: "/{Bucket}/{Key+}" },
        input: { shape: "Put" },
      },
      CopyObject: {
        http: { method: "PUT", requestUri: "/{Bucket}/{Key+}" },
        input: { shape: "Copy" },
      },
      PutOldRules: {
        http: { method: "PUT", requestUri: "/{Bucket}?rules" },
        input: { shape: "List" },
        deprecated: true,
      },
      PutRules: {
        http: { method: "PUT", requestUri: "/{Bucket}?rules" },
        input: { shape: "PutRules" },
        httpChecksum: { requestChecksumRequired: true },
      },
    },
    shapes: {
      ...shapes,
      List: {
        type: "structure",
        required: ["Bucket"],
        members: {
          Bucket: rest.Bucket,
          MaxKeys: {
            shape: "Count",
            location: "querystring",
            locationName: "max-keys",
          },
        },
      },
      Put: {
        type: "structure",
        required: ["Bucket", "Key", "Body"],
        members: {
          ...rest,
          Mode: {
            shape: "Mode",
            location: "header",
            locationName: "x-amz-mode",
          },
          Metadata: {
            shape: "Labels",
            location: "headers",
            locationName: "x-amz-meta-",
          },
          Body: { shape: "Secret" },
        },
        payload: "Body",
      },
      Copy: {
        type: "structure",
        required: ["Bucket", "Key", "Source"],
        members: {
          ...rest,
          Source: {
            shape: "Text",
            location: "header",
            locationName: "x-amz-copy-source",
          },
        },
      },
      PutRules: {
        type: "structure",
        required: ["Bucket", "Rules"],
        members: {
          Bucket: rest.Bucket,
          Rules: { shape: "Rules", locationName: "Rules" },
        },
        payload: "Rules",
      },
      Rules: {
        type: "structure",
        required: ["List"],
        members: {
          List: { shape: "RuleList", locationName: "Rule" },
          Tags: { shape: "TagSet" },
        },
      },
      RuleList: { type: "list", member: { shape: "Rule" }, flattened: true },
      Rule: {
        type: "structure",
        required: ["Days"],
        members: {
          Days: { shape: "Count" },
          Mode: { shape: "Mode" },
          Since: { shape: "Time" },
        },
      },
      TagSet: { type: "list", member: { shape: "Tag", locationName: "Tag" } },
    },
  },
};

/** Models with each type of shape, in each protocol. */
export function createSmallModels(): ApiModels {
  const directory = createTemporaryDirectory();
  for (const [service, model] of Object.entries(services)) {
    const version = path.join(directory, service, model.metadata.apiVersion);
    mkdirSync(version, { recursive: true });
    writeFileSync(path.join(version, "service-2.json"), JSON.stringify(model));
  }
  return new ApiModels(directory);
}
