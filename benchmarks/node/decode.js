// fast-jwt and jose for benchmarks/matrix/outside.py, which says the lines that are read and written.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { createVerifier } from "fast-jwt";
import { importSPKI, jwtVerify } from "jose";

// What each library is given: algorithm, issuer, audience and the registered key. Neither keeps results.
const libraries = {
  "fast-jwt": async ({ algorithm, issuer, audience }, key) =>
    createVerifier({ key, algorithms: [algorithm], allowedIss: issuer, allowedAud: audience, cache: false }),
  jose: async ({ algorithm, issuer, audience }, pem) => {
    const key = await importSPKI(pem, algorithm);
    return (token) => jwtVerify(token, key, { algorithms: [algorithm], issuer, audience });
  },
};

const known = new Map();

async function add(id, library, folder) {
  const read = (name) => readFileSync(join(folder, name), "utf8");
  const judge = await libraries[library](JSON.parse(read("expected")), read("key"));
  const token = read("token");
  await judge(token);
  for (let number = 0; existsSync(join(folder, `forged-${number}`)); number++) {
    const accepted = await Promise.resolve(read(`forged-${number}`)).then(judge).then(() => true, () => false);
    if (accepted) throw new Error("accepts a forged token");
  }
  known.set(id, () => judge(token));
  return "ok";
}

// Microseconds of processor time of one call, all threads of the process, since jose verifies on those of WebCrypto.
async function round(id, nanoseconds) {
  const run = known.get(id);
  const started = process.cpuUsage();
  let calls = 0;
  let spent = 0;
  do {
    for (let again = 0; again < 10; again++) {
      const found = run();
      if (found instanceof Promise) await found;
    }
    calls += 10;
    const used = process.cpuUsage(started);
    spent = used.user + used.system;
  } while (spent * 1000 < nanoseconds);
  return String(spent / calls);
}

for await (const line of createInterface({ input: process.stdin })) {
  const [word, id, ...fields] = line.split("\t");
  try {
    console.log(await (word === "add" ? add(id, ...fields) : round(id, Number(fields[0]))));
  } catch (failure) {
    console.log(`failed\t${failure.message.replaceAll(/\s+/g, " ")}`);
  }
}
