using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Realtime.Devhost.Certificates;
using Realtime.Tests.Support;

namespace Realtime.Tests.Devhost;

/// <summary>
/// The built devhost as a process of its own, driven as scripts drive it: by options, ready file and signals.
/// </summary>
internal sealed class DevhostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly DirectoryInfo _directory;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private DevhostProcess(Process process, DirectoryInfo directory, string readyFile)
    {
        _process = process;
        _directory = directory;
        ReadyFile = readyFile;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    public string ReadyFile { get; }

    /// <summary>The ready file's content; only after it was up.</summary>
    public JsonElement Ready { get; private set; }

    public string Edge => Ready.GetProperty("edge").GetString()!;

    public string Ca => Ready.GetProperty("ca").GetString()!;

    public string Viewer => Ready.GetProperty("tokens").GetProperty("viewer").GetString()!;

    public string Publisher => Ready.GetProperty("tokens").GetProperty("publisher").GetString()!;

    public string Admin => Ready.GetProperty("admin").GetString()!;

    public string AdminToken => Ready.GetProperty("admin_token").GetString()!;

    /// <summary>Where the workers listen.</summary>
    public IEnumerable<string> WorkerAddresses =>
        Ready.GetProperty("workers").EnumerateArray().Select(static one => one.GetProperty("address").GetString()!);

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>Starts one on free ports and waits until it is up.</summary>
    public static async Task<DevhostProcess> StartAsync(params string[] arguments)
    {
        DevhostProcess devhost = Launch(["--port", "0", "--admin-port", "0", .. arguments]);
        try
        {
            await Eventually.TrueAsync(
                "the ready file is there",
                () => devhost._process.HasExited || File.Exists(devhost.ReadyFile),
                StartMax,
                () => devhost.Output + devhost.Errors);
            Assert.False(devhost._process.HasExited, devhost.Output + devhost.Errors);
            devhost.Ready = JsonDocument.Parse(await File.ReadAllBytesAsync(devhost.ReadyFile)).RootElement;
            return devhost;
        }
        catch
        {
            await devhost.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one and waits for nothing.</summary>
    public static DevhostProcess Launch(params string[] arguments)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("realtime-devhost-test-");
        string readyFile = Path.Combine(directory.FullName, "ready.json");
        string program = Path.Combine(AppContext.BaseDirectory, "Realtime.Devhost.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--ready-file", readyFile, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory.FullName,
        };

        // A home of its own: the certificate is made here, and a realtime.yaml lies where it must not be read.
        // Temporary files of one that is killed go with the directory.
        start.Environment["TMPDIR"] = directory.FullName;
        start.Environment["XDG_DATA_HOME"] = Path.Combine(directory.FullName, "data");
        Directory.CreateDirectory(start.Environment["XDG_DATA_HOME"]!);
        File.WriteAllText(
            Path.Combine(directory.FullName, "realtime.yaml"), "connection_plane: { this_is_no_key: 1 }\n");
        return new DevhostProcess(Process.Start(start)!, directory, readyFile);
    }

    /// <summary>What the edge measured.</summary>
    public async Task<string> GetMetricsAsync()
    {
        using HttpClient client = CreateClient(AdminToken);
        return await client.GetStringAsync(new Uri(new Uri(Admin), "/metrics"));
    }

    /// <summary>A client that trusts the printed certificate and nothing else.</summary>
    public HttpClient CreateClient(string? token = null)
    {
        using X509Certificate2 trusted = X509CertificateLoader.LoadCertificateFromFile(Ca);
        var client = new HttpClient(TrustingHandler.Create(trusted)) { BaseAddress = new Uri(Edge) };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    /// <summary>Sends SIGTERM; how long the end took.</summary>
    public async Task<TimeSpan> TerminateAsync()
    {
        long started = Stopwatch.GetTimestamp();
        Signals.Terminate(Pid);
        await WaitForExitAsync();
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Waits for the end by itself; its exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var patience = new CancellationTokenSource(EndMax);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
