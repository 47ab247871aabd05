using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Realtime.Log.Redis;

/// <summary>
/// Finds out why the client library does not connect, which says little of it itself: opens a socket of its own, greets
/// by TLS where that is configured, shows the password and asks for a PING.
/// </summary>
internal sealed class RedisDiagnosis(RedisOptions options, RedisSecurity security, TimeProvider time)
{
    private const int AnswerBytesMax = 1024;

    /// <summary>What is wrong with the first endpoint of which that can be said; null: nothing that shows.</summary>
    public async Task<LogUnavailableException?> FindAsync(CancellationToken stopping)
    {
        foreach (string endpoint in options.Endpoints)
        {
            if (await FindAsync(endpoint, stopping) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private async Task<LogUnavailableException?> FindAsync(string endpoint, CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        int colon = endpoint.LastIndexOf(':');
        string host = endpoint[..colon];
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(
                host, int.Parse(endpoint.AsSpan(colon + 1), CultureInfo.InvariantCulture), either.Token);
            return await FindAsync(endpoint, host, client.GetStream(), either.Token);
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return null; // Away, or gone again: the library says that well enough.
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<LogUnavailableException?> FindAsync(
        string endpoint, string host, NetworkStream plain, CancellationToken cancellationToken)
    {
        if (!options.Tls)
        {
            return Judge(endpoint, await AskAsync(plain, cancellationToken));
        }

        string? fault = null;
        await using var secured = new SslStream(plain, leaveInnerStreamOpen: false, (_, certificate, _, errors) =>
        {
            fault = security.FindFault(certificate, errors);
            return fault is null;
        });
        try
        {
            await secured.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = options.TlsHost ?? host,
                    EnabledSslProtocols = RedisConnector.Protocols,
                },
                cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return new LogUnavailableException(
                LogUnavailableReason.Unreachable,
                $"Redis ({endpoint}) did not answer the greeting by TLS in time: it hangs, or does not speak TLS "
                    + "there.");
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            return new LogUnavailableException(
                LogUnavailableReason.Untrusted,
                $"Redis ({endpoint}) is not trusted: "
                    + (fault ?? "it does not speak TLS 1.2 or 1.3 there; look at its tls-port, or set "
                        + $"{RedisOptions.Section}:tls to false") + ".");
        }

        return Judge(endpoint, await AskAsync(secured, cancellationToken));
    }

    // The password as a bulk string: it may hold anything.
    private async Task<string> AskAsync(Stream stream, CancellationToken cancellationToken)
    {
        var words = new ArrayBufferWriter<byte>();
        if (security.Password is { } password)
        {
            Write(words, "AUTH", password);
        }

        Write(words, "PING");
        Write(words, "QUIT");
        byte[] answer = new byte[AnswerBytesMax];
        int length = 0;
        try
        {
            await stream.WriteAsync(words.WrittenMemory, cancellationToken);
            length = await stream.ReadAtLeastAsync(
                answer, answer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (IOException)
        {
            // It was cut: what it made of our words it did not say.
        }

        return Encoding.ASCII.GetString(answer, 0, length);
    }

    // Its own words are not repeated: what stands at that address may be anything.
    private LogUnavailableException? Judge(string endpoint, string answer) => answer switch
    {
        _ when Has(answer, "-WRONGPASS") || Has(answer, "-ERR invalid password") => Refused(
            endpoint, $"refused the password: correct {RedisOptions.Section}:password or password_file"),
        _ when Has(answer, "-NOAUTH") => Refused(
            endpoint, $"asks for a password: set {RedisOptions.Section}:password or password_file"),
        _ when !options.Tls && (answer.Length == 0 || answer[0] is not ('+' or '-')) => new(
            LogUnavailableReason.Unreachable,
            $"Redis ({endpoint}) does not answer as Redis does: does it want TLS ({RedisOptions.Section}:tls)?"),
        _ => null,
    };

    private static LogUnavailableException Refused(string endpoint, string what) =>
        new(LogUnavailableReason.WrongPassword, $"Redis ({endpoint}) {what}.");

    private static bool Has(string answer, string word) => answer.Contains(word, StringComparison.Ordinal);

    private static void Write(ArrayBufferWriter<byte> words, params ReadOnlySpan<string> parts)
    {
        words.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"*{parts.Length}\r\n")));
        foreach (string part in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            words.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"${bytes.Length}\r\n")));
            words.Write(bytes);
            words.Write("\r\n"u8);
        }
    }
}
