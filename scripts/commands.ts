import type { CommandGroups } from "./lib/cli/command";

/** The commands of the program, in the order of its overview. Each is loaded when it is called. */
export const COMMANDS: CommandGroups = {
  "Use a stage": [
    {
      name: "token",
      aliases: ["get-service-token"],
      summary: "Print an access token for a service client.",
      load: () => import("./token"),
    },
    {
      name: "verify",
      aliases: ["verify-token"],
      summary: "Verify a token as an API does.",
      load: () => import("./verify"),
    },
    {
      name: "credentials",
      aliases: ["tmp-creds"],
      summary: "Sign a user in, and print temporary AWS credentials.",
      load: () => import("./credentials"),
    },
    {
      name: "outputs",
      summary: "Print the Terraform outputs of a deployed stage.",
      load: () => import("./outputs"),
    },
  ],
  "Change a stage": [
    {
      name: "synth",
      summary: "Write the Terraform configuration of every stage.",
      load: () => import("./synth"),
    },
    {
      name: "plan",
      aliases: ["diff"],
      summary: "Show the changes that a deployment of a stage would make.",
      load: () => import("./plan"),
    },
    {
      name: "review",
      aliases: ["review-plan"],
      summary: "Review a Terraform plan: losses, breaks and access changes.",
      load: () => import("./review"),
    },
    {
      name: "deploy",
      summary: "Plan a stage, review the plan, and apply it.",
      load: () => import("./deploy"),
    },
    {
      name: "destroy",
      summary: "Destroy a stage that is not protected.",
      load: () => import("./destroy"),
    },
    {
      name: "rotate-secret",
      summary: "Rotate the client secrets of a stage without downtime.",
      load: () => import("./rotate-secret"),
    },
    {
      name: "access",
      summary: "Show who can do what in a stage.",
      load: () => import("./access"),
    },
    {
      name: "drift",
      summary: "Report changes that were made to a stage outside Terraform.",
      load: () => import("./drift"),
    },
    {
      name: "doctor",
      summary: "Check whether a stage is well, and print how to fix it.",
      load: () => import("./doctor"),
    },
  ],
  "Set up": [
    {
      name: "init",
      summary: "Create an app that depends on this package.",
      load: () => import("./init"),
    },
    {
      name: "bootstrap",
      summary:
        "Create or update the stack that the stages of an account share.",
      load: () => import("./bootstrap"),
    },
    {
      name: "adopt",
      summary: "Adopt a CloudFormation stack of the CDK app as a stage.",
      load: () => import("./adopt"),
    },
    {
      name: "trust-policy",
      summary: "Let an existing role trust the identity pool of a stage.",
      load: () => import("./trust-policy"),
    },
    {
      name: "sync-env",
      summary: "Write the settings in a secret to the file .env.<stage>.",
      load: () => import("./sync-env"),
    },
    {
      name: "orphans",
      summary: "List resources of a stage that are not in its state.",
      load: () => import("./orphans"),
    },
    {
      name: "create-user",
      summary: "Create the first user of a stage, or add a user to groups.",
      load: () => import("./create-user"),
    },
    {
      name: "link-user",
      summary: "Link a user to an identity at an identity provider.",
      load: () => import("./link-user"),
    },
    {
      name: "identity-provider-secret",
      summary: "Set the client secret of an OIDC identity provider.",
      load: () => import("./identity-provider-secret"),
    },
  ],
  Try: [
    {
      name: "demo",
      summary:
        "Deploy a stage to an AWS on this machine, use it, and destroy it.",
      load: () => import("./demo"),
    },
    {
      name: "local",
      summary: "Run an AWS on this machine.",
      load: () => import("./local"),
    },
  ],
  "In CI": [
    {
      name: "apply-reviewed",
      summary: "Apply exactly the reviewed plan to a stage.",
      load: () => import("./apply-reviewed"),
    },
    {
      name: "deployment-stage",
      summary: "Print the stage of a GitHub workflow run.",
      load: () => import("./deployment-stage"),
    },
  ],
};
