namespace Realtime.Cli.Terminals;

/// <summary>A <c>pollfd</c>.</summary>
internal struct PollEntry
{
    public int Descriptor;
    public short Events;
    public short Returned;
}
