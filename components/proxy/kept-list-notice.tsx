import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";

interface KeptListNoticeProps {
  /** Names of the services about which it decides from a list and gets no other then. */
  services: readonly string[];
  /** When it gets one again: "until it has the new token". Absent for never. */
  until?: string;
  announce?: boolean;
}

/** Says what a proxy that decides from a list goes on doing when it gets no other; nothing when there is none. */
export function KeptListNotice({ services, until, announce = false }: KeptListNoticeProps) {
  if (services.length === 0) return null;
  return (
    <Notice tone="critical" title="It goes on with the list that it has" announce={announce}>
      It decides from a list who may enter {services.map(harmless).join(", ")}, and gets no newer one
      {until === undefined ? "" : ` ${until}`}: whoever is suspended or revoked after that{" "}
      <strong>still enters there</strong>.{" "}
      {until === undefined && "Stop it on its machine, or take the service out of its configuration, first."}
    </Notice>
  );
}

/** The services of which a proxy has a list, by name. */
export function listedServices(files: readonly { service: { id: string; name: string } }[]): string[] {
  return [...new Map(files.map(({ service }) => [service.id, service.name])).values()];
}
