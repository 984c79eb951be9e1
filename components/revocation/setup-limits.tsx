import { Card } from "#components/ui/card.tsx";

interface SetupLimitsProps {
  /** "nginx". */
  proxy: string;
  limits: readonly string[];
  /** Proxies for which there is nothing to set up. */
  without: readonly { name: string; why: string }[];
}

/** What proxies cannot do about revocation, said before somebody relies on it. */
export function SetupLimits({ proxy, limits, without }: SetupLimitsProps) {
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <Card title={`What ${proxy} cannot do`}>
        <ul className="flex list-disc flex-col gap-2 pl-5">
          {limits.map((limit) => (
            <li key={limit}>{limit}</li>
          ))}
        </ul>
      </Card>
      <Card title="Proxies that check no client revocation">
        <ul className="flex list-disc flex-col gap-2 pl-5">
          {without.map(({ name, why }) => (
            <li key={name}>
              <span className="font-medium">{name}</span> {why}
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}
