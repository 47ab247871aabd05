using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Realtime.Protocol.Messages;

namespace Realtime.Hosting.Problems;

/// <summary>Answers what nobody behind it answered: exceptions, and error statuses without a body.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            int status = context.Response.StatusCode;
            if (IsBareError(context.Response) && ProblemTypes.OfStatus(status) is (string code, string detail))
            {
                await Problem.WriteAsync(context, status, code, detail);
            }
        }
        catch (BadHttpRequestException error)
        {
            // Its message may quote what was sent or name types of ours; the status says enough.
            (string code, string detail) = ProblemTypes.OfStatus(error.StatusCode)
                ?? (ErrorCodes.BadRequest, "The request cannot be read.");
            await AnswerAsync(context, error.StatusCode, code, detail);
        }
        catch (Exception error) when (context.RequestAborted.IsCancellationRequested
            && error is OperationCanceledException or IOException)
        {
            // The client is gone: no fault of ours, and nobody to answer.
        }
        catch (Exception error)
        {
            Log.Unhandled(logger, error, context.Request.Method, context.GetEndpoint()?.DisplayName ?? "no endpoint");
            (string code, string detail) = ProblemTypes.OfStatus(StatusCodes.Status500InternalServerError)!.Value;
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, code, detail);
        }
    }

    private static async Task AnswerAsync(HttpContext context, int status, string code, string detail)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.Clear(); // Headers of the answer that failed do not belong to this one.
        }

        await Problem.WriteAsync(context, status, code, detail);
    }

    // Who forwards an answer without a body says its length, and that answer stands as it is.
    private static bool IsBareError(HttpResponse response) =>
        !response.HasStarted && response is { StatusCode: >= 400, ContentType: null, ContentLength: null };

    private static partial class Log
    {
        // The route's name, not the path: the path is user text.
        [LoggerMessage(1, LogLevel.Error, "Unhandled exception in {Method} {Endpoint}; answered 500 or broke off.")]
        public static partial void Unhandled(ILogger logger, Exception error, string method, string endpoint);
    }
}
