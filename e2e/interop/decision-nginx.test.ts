import { startAskingNginx } from "#e2e/fixtures/asking-nginx.ts";
import { testAskingProxy } from "#e2e/fixtures/asking-proxy-tests.ts";
import { nginxWithDecision } from "#lib/access/proxy-configuration/nginx-decision.ts";

testAskingProxy({
  name: "nginx",
  kind: "nginx",
  write: nginxWithDecision,
  whenEnded: 400,
  whenAlone: 500,
  start: startAskingNginx,
});
