/** To be built. */
export function TicketForm() {
  return <h1 className="p-6 text-xl font-semibold">TicketForm</h1>;
}
