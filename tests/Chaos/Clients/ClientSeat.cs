using Realtime.Client;
using Realtime.Tests.Chaos.Checking;
using Realtime.Tests.Support;

namespace Realtime.Tests.Chaos.Clients;

/// <summary>A client's place in a run: what it connects to, and who watches its connection.</summary>
internal sealed class ClientSeat(ChaosSystem system, ReconnectWatch watch, string name, int number, Func<bool> mustStay)
{
    // Hundreds look.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly string _token = system.Token("read:* publish:*", number);

    public string Name => name;

    /// <summary>Whether the run nears its end: nobody leaves any more, and all come back.</summary>
    public bool MustStay => mustStay();

    /// <summary>A client of the SDK with the public address.</summary>
    /// <param name="speaksJson">Whether it speaks JSON.</param>
    /// <param name="note">Told what becomes of the connection.</param>
    public RealtimeClient Connect(bool speaksJson, Action<string> note)
    {
        var client = new RealtimeClient(Options with
        {
            Format = speaksJson ? WireFormat.Json : WireFormat.MessagePack,
        });
        bool isConnected = false;
        client.StateChanged += (_, state) =>
        {
            note(state.ToString());
            if (isConnected && state.Status == ConnectionStatus.Waiting)
            {
                watch.Left(name, state);
            }

            isConnected = state.Status == ConnectionStatus.Connected;
        };
        return client;
    }

    /// <summary>A client that publishes and does not give up.</summary>
    /// <param name="isNumbered">Whether its events are numbered, in a new life of the producer of its name; else they
    /// have keys.</param>
    public RealtimeClient ConnectToPublish(bool isNumbered = false) => new(Options with
    {
        Producer = isNumbered ? new ProducerOptions { Id = name } : null,
        Publish = new PublishOptions
        {
            AttemptsMax = int.MaxValue,
            DelayMax = TimeSpan.FromSeconds(1),
            Timeout = TimeSpan.FromMinutes(30),
        },
    });

    /// <summary>Waits until so many events were sent, or until nobody may be away any more.</summary>
    public Task AwayAsync(Ledger ledger, int until, CancellationToken stopping) =>
        UntilAsync(() => ledger.SentCount >= until || MustStay, stopping);

    /// <summary>Waits for something that others do, for as long as the run goes on.</summary>
    public static Task UntilAsync(Func<bool> condition, CancellationToken stopping) =>
        Eventually.HoldsAsync(() => Task.FromResult(condition()), TimeSpan.MaxValue, LookInterval, stopping);

    /// <summary>It comes by itself, sent by nobody.</summary>
    public void Comes() => watch.Came();

    /// <summary>Something was delivered to it.</summary>
    public void IsDelivered() => watch.Back(name);

    private RealtimeClientOptions Options => new()
    {
        Url = system.Address,
        Token = FixedToken.Of(_token),
        TrustedCertificate = system.Certificate,
        ConnectTimeout = TimeSpan.FromSeconds(4),
        Reconnect = new ReconnectOptions { DelayMax = TimeSpan.FromSeconds(2) },
    };
}
