import type { BulkActions } from "#components/bulk/bulk-selection.ts";
import { annotateSelected, forecastRenewal, renewSelected } from "./actions.ts";

/** What the toolbar above the list of certificates can do. */
export const BULK_ACTIONS: BulkActions = {
  forecast: forecastRenewal,
  renew: renewSelected,
  annotate: annotateSelected,
};
