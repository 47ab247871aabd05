namespace Realtime.Loadtests.Audiences;

/// <summary>The viewers of one process.</summary>
/// <param name="Plan">Who watches what.</param>
/// <param name="First">Number of the first.</param>
/// <param name="Count">How many.</param>
/// <param name="ConnectRate">How many connect a second.</param>
internal sealed record AudiencePart(EventPlan Plan, int First, int Count, int ConnectRate)
{
    /// <summary>Shares it out, each process about as many, at its share of the rate.</summary>
    public IReadOnlyList<AudiencePart> Split(int processes)
    {
        int parts = Math.Clamp(processes, 1, Math.Max(1, Count));
        return
        [
            .. Enumerable.Range(0, parts).Select(i =>
            {
                int begin = (int)((long)Count * i / parts);
                int end = (int)((long)Count * (i + 1) / parts);
                return this with
                {
                    First = First + begin,
                    Count = end - begin,
                    ConnectRate = Math.Max(1, ConnectRate / parts),
                };
            }),
        ];
    }
}
