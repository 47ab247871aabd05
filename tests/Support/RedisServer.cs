using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Realtime.Tests.Support;

/// <summary>
/// A real <c>redis-server</c> on a free port of the loopback, with a directory of its own. It can be killed, started
/// again on the same port and data, stopped in its tracks and let go on.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    // Below what Linux gives to connections (32,768 on).
    private const int PortMin = 16_384;
    private const int PortsCount = 16_000;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    // No port twice in this process, and others begin elsewhere.
    private static int _ports = Random.Shared.Next(PortsCount);

    private readonly List<string> _arguments;
    private readonly string? _password;
    private Process? _process;

    private RedisServer(int port, RedisPersistence persistence, int? replicaOf, string? password, string[] more)
    {
        Port = port;
        _password = password;
        Directory = System.IO.Directory.CreateTempSubdirectory("realtime-redis-").FullName;
        _arguments =
        [
            "--port", Text(port), "--bind", "127.0.0.1", "--dir", Directory, "--save", string.Empty,
            "--daemonize", "no", "--logfile", "redis.log", "--loglevel", "warning", "--databases", "1",
            "--appendonly", persistence == RedisPersistence.None ? "no" : "yes",
            "--appendfsync", persistence == RedisPersistence.Always ? "always" : "everysec",
            .. more,
        ];
        if (replicaOf is int primary)
        {
            _arguments.AddRange(["--replicaof", "127.0.0.1", Text(primary)]);
        }

        if (password is not null)
        {
            _arguments.AddRange(["--requirepass", password]);
        }
    }

    // What moves its clock, if that is wanted.
    private string? _clockLibrary;

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>The same as <c>host:port</c>.</summary>
    public string Endpoint => $"127.0.0.1:{Text(Port)}";

    /// <summary>Whether it was not killed.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Where its files are.</summary>
    public string Directory { get; }

    /// <summary>Starts one and waits until it answers.</summary>
    /// <param name="persistence">What it keeps over a crash.</param>
    /// <param name="replicaOf">The port of the one it copies, if any.</param>
    /// <param name="port">Its port; null: a free one.</param>
    /// <param name="password">The password it asks for, if any.</param>
    /// <param name="more">More of its command line, such as <c>--maxmemory</c> and <c>4mb</c>.</param>
    public static async Task<RedisServer> StartAsync(
        RedisPersistence persistence = RedisPersistence.None,
        int? replicaOf = null,
        int? port = null,
        string? password = null,
        params string[] more)
    {
        var server = new RedisServer(port ?? FreePort(), persistence, replicaOf, password, more);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts one whose clock can be moved: see <see cref="ShiftClock"/>.</summary>
    public static async Task<RedisServer> StartWithClockAsync(params string[] more)
    {
        var server = new RedisServer(FreePort(), RedisPersistence.None, null, null, more);
        server._clockLibrary = Path.Combine(server.Directory, "clock_shift.so");
        string source = Path.Combine(Repository.Root, "tests", "Support", "clock_shift.c");
        await RunAsync("gcc", ["-shared", "-fPIC", "-O1", "-o", server._clockLibrary, source]);
        server.ShiftClock(TimeSpan.Zero);
        await server.StartAsync();
        return server;
    }

    /// <summary>From now on its clock is wrong by this many seconds. In place: the server has the file
    /// mapped.</summary>
    public void ShiftClock(TimeSpan by)
    {
        using var file = new FileStream(ClockFile, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(BitConverter.GetBytes((long)by.TotalMicroseconds));
    }

    /// <summary>A port of the loopback that nobody listens on now.</summary>
    public static int FreePort()
    {
        // One that stays free while who listens there is away, too: not one of those that connections get by
        // themselves.
        while (true)
        {
            int port = PortMin + (int)((uint)Interlocked.Increment(ref _ports) % PortsCount);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    /// <summary>Starts it (again), on the same port and data, and waits until it answers.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("redis-server", _arguments) { WorkingDirectory = Directory };
        if (_clockLibrary is not null)
        {
            start.Environment["LD_PRELOAD"] = _clockLibrary;
            start.Environment["CLOCK_SHIFT_FILE"] = ClockFile;
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("redis-server could not be started.");
        await Eventually.TrueAsync("redis-server answers", AnswersAsync, StartTimeout, () => Log);
    }

    /// <summary>Kills it as a power cut would: nothing is flushed.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } running)
        {
            running.Kill();
            await running.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    /// <summary>Stops it in its tracks: its sockets stay, and nobody answers.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on after <see cref="FreezeAsync"/>.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Gives a command and returns its answer, as <see cref="RedisWire"/> has it.</summary>
    public Task<string> CommandAsync(params string[] command) => RedisWire.AskAsync(Port, _password, command);

    /// <summary>Cuts all its clients, with its password of now.</summary>
    public Task KillConnectionsAsync(string password) => RunAsync(
        "redis-cli",
        [
            "-h", "127.0.0.1", "-p", Text(Port), "--no-auth-warning", "-a", password,
            "CLIENT", "KILL", "TYPE", "normal",
        ]);

    /// <summary>Deletes everything.</summary>
    public Task FlushAsync() => CommandAsync("FLUSHALL");

    /// <summary>Copies its files as they are now into a directory; stop it first to have them whole.</summary>
    public void CopyDataTo(string directory)
    {
        foreach (string file in System.IO.Directory.EnumerateFiles(Directory, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(directory, Path.GetRelativePath(Directory, file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    /// <summary>
    /// Puts such a copy in place of its files, as a failover to a stale replica does; stop it first.
    /// </summary>
    public void ReplaceDataBy(string directory)
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        System.IO.Directory.CreateDirectory(Directory);
        foreach (string file in System.IO.Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(Directory, Path.GetRelativePath(directory, file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>
    /// Joins servers that were started with <c>--cluster-enabled yes</c>, and waits until the cluster works.
    /// </summary>
    public static async Task MakeClusterAsync(IReadOnlyList<RedisServer> nodes)
    {
        await RunAsync("redis-cli", ["--cluster", "create", .. nodes.Select(node => node.Endpoint), "--cluster-yes"]);
        foreach (RedisServer node in nodes)
        {
            await Eventually.TrueAsync("the cluster works", async () =>
                (await node.CommandAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private string ClockFile => Path.Combine(Directory, "clock");

    private string Log
    {
        get
        {
            string path = Path.Combine(Directory, "redis.log");
            return File.Exists(path) ? File.ReadAllText(path) : "It wrote no log.";
        }
    }

    // PING answers before a replica has copied its primary, and with an error while data is loaded: both are waited
    // for.
    private async Task<bool> AnswersAsync()
    {
        if (_process is { HasExited: true })
        {
            throw new InvalidOperationException($"redis-server ended at once. {Log}");
        }

        try
        {
            return await CommandAsync("PING") == "PONG";
        }
        catch (Exception refused) when (refused is SocketException or IOException)
        {
            return false;
        }
    }

    private async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", Text(_process!.Id)]);
        await kill.WaitForExitAsync();
    }

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using Process process =
            Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started.");
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.TrimEnd('\n');
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
