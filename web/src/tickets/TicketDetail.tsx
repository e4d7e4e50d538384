/** To be built. */
export function TicketDetail() {
  return <h1 className="p-6 text-xl font-semibold">TicketDetail</h1>;
}
