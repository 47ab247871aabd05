using System.Globalization;
using Realtime.Hosting.Configuration;

namespace Realtime.Devhost;

/// <summary>
/// The configuration of edge and workers in the terms of <c>realtime.yaml</c>, handed over as their command lines
/// (inside this process, so that no secret shows in a list of processes). Environment variables still apply to what is
/// not said here.
/// </summary>
internal static class DevhostArguments
{
    // An empty file: what lies in the current directory is meant for real processes.
    private const string NoFile = "/dev/null";

    // All clients are on this machine, and so of one address: limits by address would tell nobody apart.
    private const string AddressLimit = "1000000";

    private static readonly string[] AddressLimits =
    [
        "address_handshakes_per_second", "address_connections_per_second", "address_requests_per_second",
        "address_sockets_max",
    ];

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The edge, in front of workers that listen already.</summary>
    public static string[] OfEdge(
        DevhostOptions options, DevhostSecrets secrets, string certificateFile, IReadOnlyList<ReadyWorker> workers)
    {
        List<string> arguments = OfAny(secrets);
        Add(arguments, "connection_plane:edge:id", "edge-1");
        Add(arguments, "connection_plane:edge:listen", Https(options.Port));
        Add(arguments, "connection_plane:edge:admin_listen", Https(options.AdminPort));
        Add(arguments, "connection_plane:edge:tls:development_certificate", "true");
        Add(arguments, "connection_plane:edge:tls:development_certificate_file", certificateFile);
        Add(arguments, "connection_plane:edge:admin_token", secrets.AdminToken);
        foreach (string limit in AddressLimits)
        {
            Add(arguments, $"connection_plane:edge:limits:{limit}", AddressLimit);
        }

        for (int i = 0; i < workers.Count; i++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"connection_plane:edge:workers:{i}");
            Add(arguments, $"{key}:id", workers[i].Id);
            Add(arguments, $"{key}:address", workers[i].Address);
        }

        return [.. arguments];
    }

    /// <summary>A worker, by default on a free port.</summary>
    public static string[] OfWorker(
        DevhostOptions options, DevhostSecrets secrets, string id, string listen = "http://127.0.0.1:0")
    {
        List<string> arguments = OfAny(secrets);
        Add(arguments, "connection_plane:worker:id", id);
        Add(arguments, "connection_plane:worker:listen", listen);
        if (options.Redis is not null)
        {
            Add(arguments, "event_plane:redis:endpoints:0", options.Redis);
        }

        return [.. arguments];
    }

    private static List<string> OfAny(DevhostSecrets secrets)
    {
        List<string> arguments = ["--config", NoFile];
        Add(arguments, "connection_plane:auth:signing_key", secrets.SigningKey);
        Add(arguments, "connection_plane:internal_keys:0", secrets.InternalKey);
        Add(arguments, "connection_plane:shutdown_timeout", DurationText.Format(ShutdownTimeout));
        Add(arguments, "telemetry:log_level", "warning");
        return arguments;
    }

    private static void Add(List<string> arguments, string key, string value)
    {
        arguments.Add($"--{key}");
        arguments.Add(value);
    }

    private static string Https(int port) => string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}");
}
