import { FileText, Monitor, Server } from "lucide-react";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import type { Way } from "./draft.ts";

interface WayChoiceProps {
  value: Way;
  onChange: (way: Way) => void;
  /** Why keys cannot be made in this browser, or null. */
  browserObstacle: string | null;
}

/** Where the private key is made, which decides who could ever read it. */
export function WayChoice({ value, onChange, browserObstacle }: WayChoiceProps) {
  return (
    <Fieldset legend="Where is the private key made?">
      <RadioCards
        name="way"
        columns={3}
        value={value}
        onValueChange={(way) => onChange(way as Way)}
        cards={[
          {
            value: "browser",
            icon: <Monitor aria-hidden />,
            label: "In this browser",
            description: "The key is made on this page and never sent. You save it; nobody else ever has it.",
            ...(browserObstacle === null ? {} : { unavailable: browserObstacle }),
          },
          {
            value: "csr",
            icon: <FileText aria-hidden />,
            label: "Elsewhere: I have a CSR",
            description:
              "The key stays on the machine that made the signing request. Nothing secret passes through here.",
          },
          {
            value: "server",
            icon: <Server aria-hidden />,
            label: "On this server",
            description:
              "The server makes the key, hands it over once and forgets it. For machines without openssl.",
          },
        ]}
      />
    </Fieldset>
  );
}
