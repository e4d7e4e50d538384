/** To be built. */
export function TicketList() {
  return <h1 className="p-6 text-xl font-semibold">TicketList</h1>;
}
