using System.Globalization;
using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>Checks options: all that is wrong at once, each with name, value and rule.</summary>
internal sealed class OptionsCheck
{
    private static readonly TimeSpan DurationMax = TimeSpan.FromHours(1);

    // What servers agree to: PROTOCOL.md section 3.
    private static readonly TimeSpan HeartbeatMin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HeartbeatMax = TimeSpan.FromSeconds(60);

    private const long EpochMax = (1L << 53) - 1;

    private readonly List<string> _errors = [];

    /// <summary>Checks the options of a client.</summary>
    /// <exception cref="ArgumentException">Something is wrong with them.</exception>
    public static void Validate(RealtimeClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var check = new OptionsCheck();
        check.Url(options.Url);
        if (options.Ticket is null)
        {
            check.Given("Token", options.Token);
        }

        check.Given("LoggerFactory", options.LoggerFactory);
        check.Given("TimeProvider", options.TimeProvider);
        if (check.Given("Reconnect", options.Reconnect))
        {
            check.Duration("Reconnect.Delay", options.Reconnect.Delay);
            check.Duration("Reconnect.DelayMax", options.Reconnect.DelayMax);
            check.That(
                options.Reconnect.DelayMax >= options.Reconnect.Delay,
                "Reconnect.DelayMax", options.Reconnect.DelayMax, "at least Reconnect.Delay");
            check.That(
                options.Reconnect.AttemptsMax is null or > 0,
                "Reconnect.AttemptsMax", options.Reconnect.AttemptsMax, "1 or more, or null for no limit");
        }

        if (check.Given("Publish", options.Publish))
        {
            check.That(
                options.Publish.AttemptsMax > 0, "Publish.AttemptsMax", options.Publish.AttemptsMax, "1 or more");
            check.Duration("Publish.DelayMax", options.Publish.DelayMax);
            check.Duration("Publish.Timeout", options.Publish.Timeout);
        }

        if (options.Producer is { } producer)
        {
            check.That(
                producer.Id is { } id && EntityName.IsValid(id), "Producer.Id", producer.Id, EntityName.Rule);
            check.That(
                producer.Epoch is null or (>= 0 and <= EpochMax), "Producer.Epoch", producer.Epoch, "0 to 2^53 - 1");
        }

        check.Duration("ConnectTimeout", options.ConnectTimeout);
        check.That(
            options.Heartbeat is null || (options.Heartbeat >= HeartbeatMin && options.Heartbeat <= HeartbeatMax),
            "Heartbeat", options.Heartbeat, "10 s to 60 s, or null for the server's");
        check.Number("BufferItems", options.BufferItems, 1, 1_000_000);
        check.Number("BufferBytes", options.BufferBytes, 1024, 1024 * 1024 * 1024);
        check.Number("MessageBytesMax", options.MessageBytesMax, 64 * 1024, 1024 * 1024 * 1024);
        check.That(
            options.TrustedCertificate is null || options.CreateHandler is null,
            "TrustedCertificate", "given", "not together with CreateHandler: let your handler trust it");
        check.That(
            options.ClientCertificate is null || options.CreateHandler is null,
            "ClientCertificate", "given", "not together with CreateHandler: let your handler show it");
        check.That(
            options.ClientCertificate is null or { HasPrivateKey: true },
            "ClientCertificate", "given", "with its private key");
        if (check._errors.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, check._errors), nameof(options));
        }
    }

    private void Url(Uri? url) => That(
        url is { IsAbsoluteUri: true }
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            && url.AbsolutePath == "/" && url.Query.Length == 0 && url.UserInfo.Length == 0,
        "Url", url, "https://host[:port] without path or query; http:// only for the loopback");

    private bool Given(string name, object? value)
    {
        That(value is not null, name, value, "given");
        return value is not null;
    }

    private void Duration(string name, TimeSpan value) =>
        That(value >= TimeSpan.FromMilliseconds(1) && value <= DurationMax, name, value, "1 ms to 1 hour");

    private void Number(string name, int value, int min, int max) => That(
        value >= min && value <= max, name, value, string.Create(CultureInfo.InvariantCulture, $"{min} to {max}"));

    private void That(bool holds, string name, object? value, string rule)
    {
        if (!holds)
        {
            _errors.Add(string.Create(
                CultureInfo.InvariantCulture, $"{name} is {value ?? "null"}; it must be {rule}."));
        }
    }
}
