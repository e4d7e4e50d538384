import { Tooltip } from '@base-ui/react/tooltip';

/** What a tooltip shows, beside its trigger. */
export default function TooltipPopup({ label }: { label: string }) {
  return (
    <Tooltip.Portal>
      <Tooltip.Positioner sideOffset={6} className="z-50">
        <Tooltip.Popup
          aria-hidden
          className="max-w-72 rounded-sm bg-ink px-2 py-1 text-xs break-words text-ground shadow-raised"
        >
          {label}
        </Tooltip.Popup>
      </Tooltip.Positioner>
    </Tooltip.Portal>
  );
}
