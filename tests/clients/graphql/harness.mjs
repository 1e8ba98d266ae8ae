// What the JavaScript scripts share: the mock's control door, and a runner.
export const MOCK_URL = process.env.JOBPROOF_MOCK_URL.replace(/\/$/, "");
export const TOKEN = "jobproof-token";

export async function control(door, body) {
  const response = await fetch(`${MOCK_URL}/__jobproof/${door}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

export async function main(tests) {
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`ok      ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}`);
      console.log(error);
    }
  }
  console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}
