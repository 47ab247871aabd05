using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Realtime.Loadtests.Measuring;

/// <summary>
/// Asks a .NET process of this user for a full garbage collection, through its diagnostic port, as `dotnet-gcdump`
/// does: a trace session whose provider has the keyword <c>GCHeapCollect</c> begins with one. Without it, what
/// handshakes left behind would count as memory of idle connections until the next collection, which a quiet process
/// may not make for long.
/// Protocol: https://github.com/dotnet/diagnostics/blob/main/documentation/design-docs/ipc-protocol.md
/// </summary>
internal static class FullCollection
{
    private const int HeaderBytes = 20;
    private const byte EventPipeCommands = 0x02;
    private const byte StopTracing = 0x01;
    private const byte CollectTracing2 = 0x03;
    private const byte ServerAnswers = 0xff;
    private const byte Ok = 0x00;
    private const ulong CollectKeyword = 0x800000;
    private const uint Informational = 4;

    private static readonly TimeSpan Max = TimeSpan.FromSeconds(20);

    /// <summary>Returns once it was made; false if the process has no diagnostic port, or does not answer.</summary>
    public static async Task<bool> RequestAsync(int pid, CancellationToken stopping)
    {
        // One is the process's own; others may be left of killed processes that had the same id.
        string name = string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{pid}-*-socket");
        foreach (string port in Directory.EnumerateFiles(TemporaryDirectoryOf(pid), name))
        {
            if (await RequestAsync(port, stopping))
            {
                return true;
            }
        }

        return false;
    }

    // The port lies in the process's own temporary directory, which need not be ours.
    private static string TemporaryDirectoryOf(int pid)
    {
        const string Variable = "TMPDIR=";
        try
        {
            string? own = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ"))
                .Split('\0')
                .FirstOrDefault(variable => variable.StartsWith(Variable, StringComparison.Ordinal))?[Variable.Length..];
            return Directory.Exists(own) ? own : Path.GetTempPath();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Path.GetTempPath();
        }
    }

    private static async Task<bool> RequestAsync(string port, CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(Max);
        try
        {
            // The answer comes when the session has begun, and with it the collection; the end waits for it.
            await using NetworkStream session = await ConnectAsync(port, patience.Token);
            ulong? id = await CallAsync(session, CollectTracing2, CollectRequest(), patience.Token);
            if (id is null)
            {
                return false;
            }

            Task drained = session.CopyToAsync(Stream.Null, patience.Token);
            await using NetworkStream control = await ConnectAsync(port, patience.Token);
            byte[] stop = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(stop, id.Value);
            bool stopped = await CallAsync(control, StopTracing, stop, patience.Token) is not null;
            await drained;
            return stopped;
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    // circularBufferMB, format (1 = nettrace), rundown, providers: keywords, level, name, filter.
    private static byte[] CollectRequest()
    {
        using var request = new MemoryStream();
        using var writer = new BinaryWriter(request);
        writer.Write(16u);
        writer.Write(1u);
        writer.Write(false);
        writer.Write(1u);
        writer.Write(CollectKeyword);
        writer.Write(Informational);
        WriteText(writer, "Microsoft-Windows-DotNETRuntime");
        writer.Write(0u);
        writer.Flush();
        return request.ToArray();
    }

    // Length in UTF-16 units with the closing NUL, then these.
    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write((uint)text.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(text + '\0'));
    }

    private static async Task<NetworkStream> ConnectAsync(string port, CancellationToken stopping)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(port), stopping);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Header: "DOTNET_IPC_V1" NUL, size of all, command set, command, reserved. The answer's payload is the session's
    // id.
    private static async Task<ulong?> CallAsync(
        NetworkStream stream, byte command, byte[] payload, CancellationToken stopping)
    {
        byte[] request = new byte[HeaderBytes + payload.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(request);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(14), (ushort)request.Length);
        request[16] = EventPipeCommands;
        request[17] = command;
        payload.CopyTo(request, HeaderBytes);
        await stream.WriteAsync(request, stopping);

        byte[] answer = new byte[HeaderBytes + sizeof(ulong)];
        await stream.ReadExactlyAsync(answer.AsMemory(0, HeaderBytes), stopping);
        if (answer[16] != ServerAnswers || answer[17] != Ok)
        {
            return null;
        }

        await stream.ReadExactlyAsync(answer.AsMemory(HeaderBytes), stopping);
        return BinaryPrimitives.ReadUInt64LittleEndian(answer.AsSpan(HeaderBytes));
    }
}
