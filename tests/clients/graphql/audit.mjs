// npm `graphql-http`'s audits of a server, against `jobproof mock aiware`. Every MUST passes. What else does not is
// listed in audits.txt, each with its reason: no more and no less.
import { readFileSync } from "node:fs";
import { serverAudits } from "graphql-http";
import { MOCK_URL, TOKEN } from "./harness.mjs";

const fetchFn = (url, options = {}) =>
  fetch(url, { ...options, headers: { ...options.headers, authorization: `Bearer ${TOKEN}` } });

// <id> <ok | notice | warn | error>: <reason>
const expected = new Map(
  readFileSync(new URL("audits.txt", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => [line.slice(0, 4), line.slice(5).split(":", 1)[0]]),
);
const audits = serverAudits({ url: `${MOCK_URL}/v3/graphql`, fetchFn });
let failed = 0;
let musts = 0;
for (const audit of audits) {
  let result;
  try {
    result = await audit.fn();
  } catch (error) {
    result = { status: "error", reason: String(error) };
  }
  const due = expected.get(audit.id) ?? "ok";
  expected.delete(audit.id);
  const isMust = audit.name.startsWith("MUST");
  musts += isMust;
  if (result.status !== due || (isMust && result.status !== "ok")) {
    failed += 1;
    console.log(`FAILED  ${audit.id} ${audit.name}: ${result.status}, not ${due} (${result.reason ?? ""})`);
  }
}
for (const id of expected.keys()) {
  failed += 1;
  console.log(`FAILED  ${id} is in audits.txt and is no audit`);
}
console.log(`${musts} audits that a server MUST pass`);
console.log(`${audits.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
