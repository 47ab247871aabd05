namespace Realtime.Client.Subscriptions;

/// <summary>What is to be sent next for a subscription.</summary>
internal enum FlowStep
{
    None,
    Subscribe,
    Pause,
    Resume,
    Unsubscribe,
}
