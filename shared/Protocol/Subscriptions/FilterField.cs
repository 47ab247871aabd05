namespace Realtime.Protocol.Subscriptions;

/// <summary>The lists of a filter.</summary>
internal enum FilterField
{
    Agents,
    Tasks,
    Projects,
    Types,
    Channels,
}
