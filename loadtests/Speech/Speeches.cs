namespace Realtime.Loadtests.Speech;

/// <summary>All that is spoken.</summary>
internal static class Speeches
{
    /// <summary>The one of a kind.</summary>
    public static ISpeech Of(SpeechKind kind) => kind switch
    {
        SpeechKind.SocketIo => new SocketIoSpeech(),
        SpeechKind.SignalR => new SignalRSpeech(),
        SpeechKind.Nats => new NatsSpeech(),
        _ => new RealtimeSpeech(),
    };
}
