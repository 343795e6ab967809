// Logins of a GitHub workflow, verified offline by `federation serve --test-control`. See README.md beside this file.
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { beforeEach, expect, test } from "vitest";

const endpoint = process.env.AWS_ENDPOINT_URL_STS ?? "http://127.0.0.1:8042";
const github = "token.actions.githubusercontent.com";

/** Ask the test control of the server; an error has its cause and its edits. */
async function control(method: string, path: string, body: object = {}): Promise<any> {
  const sent = method === "GET" ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${endpoint}/_federation/${path}`, { method, ...sent });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.error.cause}: ${answer.error.remedy}`);
  return answer;
}

let roleArn: string;

beforeEach(async () => {
  await control("POST", "reset");
  const key = await control("POST", "mint/access-key");
  const credentials = { accessKeyId: key.access_key_id, secretAccessKey: key.secret_access_key };
  const iam = new IAMClient({ endpoint, region: "us-east-1", credentials });
  const provider = await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: `https://${github}`, ClientIDList: ["sts.amazonaws.com"] }),
  );
  const trust = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: provider.OpenIDConnectProviderArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { [`${github}:aud`]: "sts.amazonaws.com", [`${github}:sub`]: "repo:acme/app:ref:refs/heads/main" },
        },
      },
    ],
  };
  const role = await iam.send(new CreateRoleCommand({ RoleName: "Deploy", AssumeRolePolicyDocument: JSON.stringify(trust) }));
  roleArn = role.Role!.Arn!;
});

async function deploy(branch: string) {
  const minted = await control("POST", "mint/oidc", { shape: "github", subject: `repo:acme/app:ref:refs/heads/${branch}` });
  const login = { RoleArn: roleArn, RoleSessionName: "deploy", WebIdentityToken: minted.token };
  return new STSClient({ endpoint, region: "us-east-1" }).send(new AssumeRoleWithWebIdentityCommand(login));
}

test("the main branch may deploy", async () => {
  const session = await deploy("main");
  expect(session.AssumedRoleUser!.Arn).toBe("arn:aws:sts::123456789012:assumed-role/Deploy/deploy");
});

test("a feature branch may not, and the cause is known", async () => {
  await expect(deploy("feature")).rejects.toThrow("Not authorized to perform sts:AssumeRoleWithWebIdentity");
  const { events } = await control("GET", "events?refused=true");
  console.log(`refused: ${events[0].federation.cause}`);
  expect(events[0].federation.cause).toContain("branch `feature`; the policy trusts branch `main`");
});

test("an hour later the token has expired", async () => {
  const minted = await control("POST", "mint/oidc", { shape: "github", subject: "repo:acme/app:ref:refs/heads/main" });
  await control("PUT", "clock", { move: 3600 });
  const login = { RoleArn: roleArn, RoleSessionName: "deploy", WebIdentityToken: minted.token };
  const late = new STSClient({ endpoint, region: "us-east-1" }).send(new AssumeRoleWithWebIdentityCommand(login));
  await expect(late).rejects.toThrow("Token expired");
});
