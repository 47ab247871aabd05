namespace Realtime.Client.Subscriptions;

/// <summary>
/// Decides what is sent for a subscription, from what is wanted (by the application, by its buffer) and what the server
/// has said. One request is under way at a time; what changed meanwhile is asked for behind it.
/// </summary>
internal sealed class SubscriptionFlow
{
    public FlowPhase Phase { get; private set; }

    /// <summary>The application wants nothing for now.</summary>
    public bool IsPausedByApplication { get; set; }

    /// <summary>More waits for the application than may.</summary>
    public bool IsBufferFull { get; set; }

    /// <summary>The application wants nothing any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The server refused the last request for now.</summary>
    public bool AwaitsRetry { get; set; }

    /// <summary>
    /// Whether a position is known to go on from. Without one, even a paused subscription is made, so that the server
    /// says where it begins.
    /// </summary>
    public bool HasPlace { get; set; }

    /// <summary>Whether what the server sends for it belongs to it.</summary>
    public bool IsDelivering => Phase is FlowPhase.Active or FlowPhase.Pausing;

    /// <summary>Whether it is paused, as far as can be.</summary>
    public bool IsPaused => Phase is FlowPhase.Paused || (Phase is FlowPhase.Apart && MustPause && HasPlace);

    public SubscriptionStatus Status => Phase switch
    {
        FlowPhase.Ended => SubscriptionStatus.Closed,
        FlowPhase.Active or FlowPhase.Pausing => SubscriptionStatus.Active,
        FlowPhase.Resuming => SubscriptionStatus.Paused,
        _ => IsPaused ? SubscriptionStatus.Paused : SubscriptionStatus.Subscribing,
    };

    private bool MustPause => IsPausedByApplication || IsBufferFull;

    /// <summary>What to send now; the caller sends it.</summary>
    public FlowStep Next()
    {
        (FlowPhase phase, FlowStep step) = (Phase, IsClosed, AwaitsRetry) switch
        {
            (FlowPhase.Ended, _, _) => (Phase, FlowStep.None),
            (FlowPhase.Apart, true, _) => (FlowPhase.Ended, FlowStep.None),
            (_, true, _) => (FlowPhase.Ended, FlowStep.Unsubscribe),
            (_, _, true) => (Phase, FlowStep.None),
            (FlowPhase.Apart, _, _) when !MustPause || !HasPlace => (FlowPhase.Subscribing, FlowStep.Subscribe),
            (FlowPhase.Active, _, _) when MustPause => (FlowPhase.Pausing, FlowStep.Pause),
            (FlowPhase.Paused, _, _) when !MustPause => (FlowPhase.Resuming, FlowStep.Resume),
            _ => (Phase, FlowStep.None),
        };
        Phase = phase;
        return step;
    }

    /// <summary><c>subscribed</c> came; false if nothing asked for it.</summary>
    public bool OnSubscribed()
    {
        if (Phase is not (FlowPhase.Subscribing or FlowPhase.Resuming))
        {
            return false;
        }

        Phase = FlowPhase.Active;
        HasPlace = true;
        return true;
    }

    /// <summary><c>paused</c> came; false if nothing asked for it.</summary>
    public bool OnPaused()
    {
        if (Phase is not FlowPhase.Pausing)
        {
            return false;
        }

        Phase = FlowPhase.Paused;
        return true;
    }

    /// <summary>The request under way was refused for now: it is as if it had not been sent.</summary>
    public void OnRefused()
    {
        Phase = Phase switch
        {
            FlowPhase.Subscribing => FlowPhase.Apart,
            FlowPhase.Pausing => FlowPhase.Active,
            FlowPhase.Resuming => FlowPhase.Paused,
            _ => Phase,
        };
        AwaitsRetry = true;
    }

    /// <summary>The connection is gone.</summary>
    public void OnDisconnected()
    {
        AwaitsRetry = false;
        if (Phase is not FlowPhase.Ended)
        {
            Phase = IsClosed ? FlowPhase.Ended : FlowPhase.Apart;
        }
    }

    /// <summary>The application wants nothing any more; over at once if the server does not know of it.</summary>
    public void Close()
    {
        IsClosed = true;
        if (Phase is FlowPhase.Apart)
        {
            End();
        }
    }

    public void End() => Phase = FlowPhase.Ended;

    /// <summary>The op of a step.</summary>
    public static string NameOf(FlowStep step) => step switch
    {
        FlowStep.Subscribe => "subscribe",
        FlowStep.Pause => "pause",
        FlowStep.Resume => "resume",
        _ => "unsubscribe",
    };
}
