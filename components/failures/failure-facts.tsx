import Link from "next/link";
import { barsPath } from "#components/failures/chart-rows.ts";
import { rateWords, shortName, whoWords } from "#components/failures/failure-words.ts";
import { Card } from "#components/ui/card.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { ShownFailure } from "#lib/handshake/failure-read.ts";

/** A certificate of the inventory by which a failure was seen. */
export interface SeenCertificate {
  id: string;
  name: string;
  issuer: string;
  notAfter: Date;
}

interface FailureFactsProps {
  failure: ShownFailure;
  certificates: readonly SeenCertificate[];
}

/** Whose failure it is, where it is seen, and how much. */
export function FailureFacts({ failure, certificates }: FailureFactsProps) {
  const { client, service, proxy, direction, firstSeenAt, lastSeenAt, lastSuccessAt } = failure;
  return (
    <Card title="Facts">
      <Hours failure={failure} />
      <DescriptionList>
        <Description term={direction === "upstream" ? "Upstream" : "Who"}>
          {client === null ? (
            <>
              <span className="[overflow-wrap:anywhere]">{whoWords(failure)}</span>
              {direction === "inbound" && <span className="text-muted"> (none of ours)</span>}
            </>
          ) : (
            <Link
              href={`/clients/${client.id}`}
              prefetch={false}
              className="text-link [overflow-wrap:anywhere]"
            >
              {harmless(client.name)}
            </Link>
          )}
        </Description>
        <Description term={certificates.length > 1 ? "Certificates" : "Certificate"}>
          {certificates.length === 0 ? (
            <span className="text-muted">none of the inventory</span>
          ) : (
            <ul className="flex flex-col gap-1">
              {certificates.map(({ id, name, issuer, notAfter }) => (
                <li key={id} className="[overflow-wrap:anywhere]">
                  <Link href={`/certificates/${id}`} prefetch={false} className="text-link">
                    {harmless(name)}
                  </Link>
                  <span className="block text-muted text-sm">
                    by {shortName(harmless(issuer))}, {notAfter < lastSeenAt ? "ended" : "ends"}{" "}
                    <RelativeTime time={notAfter} />
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Description>
        <Description term="Service">
          {service === null ? (
            <span className="text-muted">not known</span>
          ) : (
            <Link href={`/services/${service.slug}`} prefetch={false} className="text-link">
              {harmless(service.name)}
            </Link>
          )}
        </Description>
        <Description term="Proxy">
          {proxy === null ? (
            <span className="text-muted">gone</span>
          ) : (
            <Link href={`/proxies/${proxy.slug}`} prefetch={false} className="text-link">
              {harmless(proxy.name)}
            </Link>
          )}
        </Description>
        <Description term="Direction">
          {direction === "upstream" ? "from the proxy to its upstream" : "from a client to the proxy"}
        </Description>
        <Description term="Addresses">
          <Addresses addresses={failure.addresses} />
        </Description>
        <Description term="First seen">
          <RelativeTime time={firstSeenAt} show="both" />
        </Description>
        <Description term="Last seen">
          <RelativeTime time={lastSeenAt} show="both" />
        </Description>
        {lastSuccessAt !== null && (
          <Description term="Last went well">
            <RelativeTime time={lastSuccessAt} show="both" />
          </Description>
        )}
      </DescriptionList>
    </Card>
  );
}

const HEIGHT = 48;

function Hours({ failure: { count, rate, hours } }: { failure: ShownFailure }) {
  const most = Math.max(...hours);
  const sum = hours.reduce((total, each) => total + each, 0);
  const words = `Last ${hours.length} hours: ${sum.toLocaleString("en")}, at most ${most.toLocaleString("en")} in one`;
  return (
    <div className="mb-3">
      <p>
        <span className="font-semibold text-xl">{count.toLocaleString("en")}</span>{" "}
        {count === 1 ? "handshake" : "handshakes"}
        <span className="text-muted">, {rateWords(rate)}</span>
      </p>
      <svg
        role="img"
        aria-label={words}
        viewBox={`0 0 ${hours.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="mt-1 h-12 w-full border-line border-b"
      >
        <title>{words}</title>
        <path d={barsPath(hours, HEIGHT)} className="fill-critical-solid" />
      </svg>
      <p aria-hidden className="flex justify-between text-faint text-xs">
        <span>{hours.length} hours ago</span>
        <span>now</span>
      </p>
    </div>
  );
}

const ADDRESSES_SHOWN = 6;

function Addresses({ addresses }: { addresses: readonly string[] | null }) {
  if (addresses === null) return "more than 32";
  if (addresses.length === 0) return <span className="text-muted">none said</span>;
  const more = addresses.length - ADDRESSES_SHOWN;
  return (
    <span className="[overflow-wrap:anywhere]">
      {addresses.slice(0, ADDRESSES_SHOWN).map(harmless).join(", ")}
      {more > 0 && <span className="text-muted"> and {more} more</span>}
    </span>
  );
}
