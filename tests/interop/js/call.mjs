// One call by the AWS SDK for JavaScript v3: JSON on standard input says which, JSON on standard output says what came of it.
import * as sts from "@aws-sdk/client-sts";
import { text } from "node:stream/consumers";

const { command, input, client } = JSON.parse(await text(process.stdin));
let outcome;
try {
  outcome = { answer: await new sts.STSClient(client).send(new sts[`${command}Command`](input)) };
} catch (error) {
  const modelled = error.name in sts && error instanceof sts[error.name];
  const { name, message, $fault: fault, $metadata: metadata } = error;
  outcome = { error: { name, message, fault, modelled, status: metadata?.httpStatusCode } };
}
console.log(JSON.stringify(outcome));
