"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { useLeaveGuard } from "#components/certificate/leave-guard.ts";
import { slugFromName } from "#components/profile/slug-from-name.ts";
import { ConnectionTest } from "#components/proxy/connection-test.tsx";
import { LoopbackNotice } from "#components/proxy/loopback-notice.tsx";
import { PROXY_LABELS, type ProxyDraft, ProxyFields } from "#components/proxy/proxy-fields.tsx";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Secret } from "#components/ui/secret.tsx";
import { Steps } from "#components/ui/steps.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { useObjectAction } from "#components/ui/use-object-action.ts";
import type { AccessWay } from "#lib/access/proxy-configuration/access-setup.ts";
import type { ProxyKind } from "#lib/access/proxy-input.ts";
import type { NamedBundle } from "#lib/authority/named-bundles.ts";
import { connectProxy, lookAtArrivals } from "../actions.ts";
import { ConfigurationPanel } from "../configuration-panel.tsx";

interface ConnectProxyProps {
  services: readonly {
    id: string;
    slug: string;
    name: string;
    hostNames: readonly string[];
    isLearning: boolean;
    failsOpen: boolean;
  }[];
  bundles: readonly NamedBundle[];
  /** Id of the service from which somebody came. */
  chosen: string | null;
  /** In which each kind can learn who may enter. */
  ways: Readonly<Record<ProxyKind, readonly AccessWay[]>>;
  /** host:port of the planes that it would ask. */
  planes: string;
  /** Address of the http port, as it stands in what is copied. */
  protocolUrl: string;
}

const STEPS = ["The proxy", "Token, configuration and test"];

/** From nothing to a proxy that arrives. The token is in this page alone, and gone with it. */
export function ConnectProxy({ services, bundles, chosen, ways, planes, protocolUrl }: ConnectProxyProps) {
  const only = services.length === 1 ? services[0]?.id : undefined;
  const first = chosen ?? only;
  const [draft, setDraft] = useState<ProxyDraft>({
    ...{ slug: "", name: "", kind: "nginx", certificateSha256: "", bundle: "", software: "" },
    services: first === undefined ? [] : [first],
  });
  const [slugTyped, setSlugTyped] = useState(false);
  const [connected, setConnected] = useState<{ slug: string; token: string } | null>(null);
  const [isCopied, setIsCopied] = useState(false);
  const { send, pending, errors, errorOf } = useObjectAction(async () => {
    const result = await connectProxy({ ...draft, services: [...draft.services] });
    if (result?.data !== undefined) setConnected(result.data);
    return result;
  }, PROXY_LABELS);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) send(undefined);
  };
  const change = (part: Partial<ProxyDraft>) =>
    setDraft((before) => ({
      ...before,
      ...part,
      ...(part.name !== undefined && !slugTyped ? { slug: slugFromName(part.name) } : {}),
    }));

  if (connected === null) {
    return (
      <form onSubmit={submit} noValidate className="flex max-w-3xl min-w-0 flex-col gap-5">
        <Steps label="Connecting a proxy" steps={STEPS} current={0} />
        <FormErrorSummary errors={errors} title="The proxy was not connected" />
        <Card title="The proxy">
          <ProxyFields
            draft={draft}
            onChange={change}
            onSlug={(slug) => {
              setSlugTyped(slug !== "");
              change({ slug });
            }}
            services={services}
            bundles={bundles}
            errorOf={errorOf}
          />
        </Card>
        <div className="flex flex-wrap gap-2">
          <SubmitButton pending={pending}>Make its token</SubmitButton>
          <ButtonLink href="/proxies" variant="quiet">
            Cancel
          </ButtonLink>
        </div>
      </form>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      <Steps label="Connecting a proxy" steps={STEPS} current={1} />
      {!isCopied && <TokenGuard home={`/proxies/${connected.slug}`} />}
      <Secret
        value={connected.token}
        label={`token of ${harmless(draft.name)}`}
        onCopied={() => setIsCopied(true)}
      >
        It stands in the configuration below, too, as long as this page is open. Only its SHA-256 is kept
        here: when it is lost, replace it on the page of the proxy.
      </Secret>
      <LoopbackNotice url={protocolUrl} />
      <ConfigurationPanel
        proxy={connected.slug}
        name={draft.name}
        ways={ways[draft.kind]}
        services={services.filter(({ id }) => draft.services.includes(id))}
        token={connected.token}
        planes={planes}
      />
      <ConnectionTest slug={connected.slug} look={lookAtArrivals} />
      <div>
        <ButtonLink href={`/proxies/${connected.slug}`} variant="primary">
          Go to the proxy
        </ButtonLink>
      </div>
    </div>
  );
}

/** Asks before the page is left with a token on it that was not copied. */
function TokenGuard({ home }: { home: string }) {
  const router = useRouter();
  const [leavingTo, setLeavingTo] = useState<string | null>(null);
  const [isOver, setIsOver] = useState(false);
  useLeaveGuard(!isOver, (href) => setLeavingTo(href ?? home));
  const leave = () => {
    setIsOver(true);
    // In place of this page and of the guard's entry in the history.
    router.replace(leavingTo ?? home);
  };
  return (
    <Dialog
      open={leavingTo !== null && !isOver}
      onOpenChange={(open) => {
        if (!open) setLeavingTo(null);
      }}
      size="sm"
      title="The token was not copied"
      footer={
        <>
          <Button onClick={() => setLeavingTo(null)}>Stay</Button>
          <Button variant="danger" onClick={leave}>
            Leave the token
          </Button>
        </>
      }
    >
      It is on this page only. Leave when you have it, alone or in a configuration; else the proxy needs
      another one.
    </Dialog>
  );
}
