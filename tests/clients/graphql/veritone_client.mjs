// npm `veritone-client-js`, the vendor's older client, against `jobproof mock aiware`. It labels its JSON bodies as a
// form, and takes a 200 with errors for a success: the caller has to look.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { MOCK_URL, TOKEN, control, main } from "./harness.mjs";

const clientOf = createRequire(import.meta.url)("veritone-client-js/dist/bundle-node");
const connect = (token = TOKEN) =>
  (clientOf.default ?? clientOf)({ token, apiToken: token, baseUrl: MOCK_URL, maxRetries: 0 });
const client = connect();

const JOB = "query Job($id: ID!) { job(id: $id) { id status } }";
const CANCEL = "mutation Cancel($id: ID!) { cancelJob(id: $id) { id message } }";
const ask = async (query, variables, name, using = client) => using.graphql.query(query, variables, name);
const arrange = async (state, tasks) =>
  (await control("arrange", { state, ...(tasks ? { facets: { tasks } } : {}) })).job.coreJobID;

await main({
  async reads_a_job() {
    const id = await arrange("running");
    assert.deepEqual(await ask(JOB, { id }, "Job"), { data: { job: { id, status: "running" } } });
  },
  async cancels_a_job() {
    const id = await arrange("queued", ["pending", "queued"]);
    const { data } = await ask(CANCEL, { id }, "Cancel");
    assert.equal(data.cancelJob.id, id);
    assert.equal((await ask(JOB, { id }, "Job")).data.job.status, "aborted");
  },
  async a_refused_cancel_resolves_with_errors() {
    const id = await arrange("complete", ["complete"]);
    const answer = await ask(CANCEL, { id }, "Cancel");
    assert.equal(answer.data.cancelJob, null);
    assert.equal(typeof answer.errors[0].message, "string");
    assert.equal(typeof answer.errors[0].name, "string");
  },
  async an_unknown_job_resolves_with_not_found() {
    const answer = await ask(JOB, { id: "23041407_NoSuchJob0" }, "Job");
    assert.equal(answer.errors[0].name, "not_found");
  },
  async a_wrong_token_resolves_with_an_error() {
    const answer = await ask(JOB, { id: "x" }, "Job", connect("another-token"));
    assert.equal(answer.errors[0].name, "authentication_error");
  },
  async an_invalid_document_rejects_with_400() {
    await assert.rejects(ask("{ job(", undefined, undefined), (error) => error.status === 400);
    await assert.rejects(ask("{ nothing }", undefined, undefined), (error) => error.status === 400);
  },
});
