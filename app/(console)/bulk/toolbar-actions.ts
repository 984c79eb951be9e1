import type { BulkActions } from "#components/bulk/bulk-selection.ts";
import { annotateSelected, forecastRenewal, renewSelected } from "./actions.ts";
import { forecastRevocation, revokeSelected } from "./revocation-actions.ts";

/** What the toolbar above the list of certificates can do. */
export const BULK_ACTIONS: BulkActions = {
  forecast: forecastRenewal,
  renew: renewSelected,
  forecastRevocation,
  changeRevocation: revokeSelected,
  annotate: annotateSelected,
};
